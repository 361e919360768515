import { type It, none } from "@fettle/engine";
import type { failover } from "../failover/machine.ts";
import { promoted } from "../failover/machine.ts";
import type { rebuild } from "../rebuild/machine.ts";
import type { restart } from "../restart/machine.ts";
import type { Servers } from "./servers.ts";
import type { Topology } from "./topology.ts";

export const signals = { destroy: none, promoted } as const;

/** A visit of the cluster's instance to a state that may lead to `Next`. */
export type ClusterVisit<Next extends string> = It<Next, Topology, typeof signals>;

/** What a cluster needs to watch and mend itself. */
export interface Means {
  readonly servers: Servers;
  readonly restart: ReturnType<typeof restart>;
  readonly failover: ReturnType<typeof failover>;
  readonly rebuild: ReturnType<typeof rebuild>;
}

export function rebuildKey(cluster: string, member: string): string {
  return `${cluster}/${member}`;
}
