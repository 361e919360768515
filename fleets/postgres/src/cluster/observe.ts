import type { Serving } from "../watch/look.ts";
import type { Redundancy } from "./protection.ts";
import type { Servers } from "./servers.ts";
import { type Standing, standing } from "./standing.ts";
import { standbysOf, type Topology } from "./topology.ts";

/** With asynchronous replication, a member that is further behind than this may not become primary. */
export const allowedLag = 16 * 2 ** 20;

export interface Observed {
  readonly redundancy: Redundancy;
  readonly standings: ReadonlyMap<string, Standing>;
}

/** What the primary and the hosts say of the standbys that are ready. */
export async function observe(servers: Servers, cluster: Topology, primary: Serving): Promise<Observed> {
  const standings = new Map<string, Standing>();
  for (const member of standbysOf(cluster)) {
    if (cluster.members[member]?.state !== "ready") continue;
    const server = await servers.of(cluster, member);
    const process = await servers.monitor.process(server);
    const isFollowing = standing(member, primary, process, undefined) === "following";
    standings.set(member, standing(member, primary, process, servers.monitor.absence(server, isFollowing)));
    if (isFollowing) await servers.monitor.attend(server);
  }
  const those = (...wanted: Standing[]) => [...standings].filter(([, found]) => wanted.includes(found)).map(([member]) => member);
  const lag = (member: string) => primary.standbys.find((standby) => standby.member === member)?.lag ?? Number.POSITIVE_INFINITY;
  const rebuilding = standbysOf(cluster).filter((member) => cluster.members[member]?.state === "rebuilding");
  const following = those("following");
  return {
    standings,
    redundancy: {
      sync: cluster.sync,
      electable: cluster.electable,
      awaited: primary.synchronous,
      following,
      gone: [...those("gone", "behind"), ...rebuilding],
      near: following.filter((member) => lag(member) <= allowedLag),
    },
  };
}
