import { nobody, type Replication } from "../server/config.ts";
import type { Server } from "../server/server.ts";
import type { Sync } from "./topology.ts";

/** How a standby is configured. Should somebody promote the standby of a strict cluster by hand, it holds its writes. */
export function standbyReplication(sync: Sync, member: string, primary: Server): Replication {
  return { follows: { ...primary.address, member }, synchronous: sync === "strict" ? [nobody] : [] };
}
