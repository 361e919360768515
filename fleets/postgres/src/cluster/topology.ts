import { z } from "zod";

/** What is decided about a cluster, as the store keeps it. What merely is, is looked at each time. */
export const topology = z.object({
  name: z.string(),
  sync: z.enum(["off", "preferred", "strict"]),
  /** Standbys wanted beside the primary. */
  standbys: z.number().int().min(0).max(8),
  /** Major version of Postgres; 0 until it is provisioned. */
  major: z.number().int().default(0),
  members: z.record(z.string(), z.object({ host: z.string(), port: z.number().int(), state: z.enum(["ready", "rebuilding"]) })).default({}),
  primary: z.string().default(""),
  timeline: z.number().int().default(0),
  /**
   * The members that may become primary. While this is not empty and replication is synchronous, every acknowledged commit is on
   * at least one of them, and the primary waits for no member that is not among them.
   */
  electable: z.array(z.string()).default([]),
  /** Grows with every decision about members; a host refuses configuration of an older one. */
  revision: z.number().int().default(0),
  /** Instants of restarts within the last hour. */
  restarts: z.array(z.string()).default([]),
  /** What the look before said, while the cluster is uncertain. */
  suspicion: z.enum(["", "dead", "lost", "blind"]).default(""),
  mending: z.enum(["", "restart", "failover"]).default(""),
  /** Why it was not created. */
  failure: z.object({ code: z.string(), message: z.string(), fix: z.string().optional() }).optional(),
});

export type Topology = z.infer<typeof topology>;
export type Sync = Topology["sync"];

export function memberNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String.fromCharCode("a".charCodeAt(0) + index));
}

export function standbysOf(cluster: Topology): string[] {
  return Object.keys(cluster.members).filter((member) => member !== cluster.primary);
}

/** What a person should notice; undefined while the cluster is as it should be. */
export function noteOf(cluster: Topology): string | undefined {
  if (cluster.standbys === 0) return undefined;
  if (cluster.primary !== "" && cluster.electable.length === 0) {
    return cluster.sync === "strict" ? "one copy holds the data; writes wait for a second" : "one copy holds the data";
  }
  const rebuilding = standbysOf(cluster).filter((member) => cluster.members[member]?.state === "rebuilding");
  return rebuilding.length > 0 ? `rebuilds ${rebuilding.join(", ")}` : undefined;
}
