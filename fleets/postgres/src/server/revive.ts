import { killServer, postmasterOf } from "./processes.ts";
import type { Server } from "./server.ts";
import { startServer } from "./start.ts";

/** Starts a server that does not run or is frozen, and whose data is there; leaves one alone that runs. */
export async function revive(server: Server, abort: AbortSignal): Promise<void> {
  if ((await postmasterOf(server))?.state === "running") return;
  if (!(await server.host.files.exists(`${server.place.data}/PG_VERSION`))) return;
  await killServer(server, abort);
  await startServer(server);
}
