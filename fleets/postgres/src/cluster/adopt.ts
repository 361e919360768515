import { standbysOf, type Topology } from "./topology.ts";
import { type ClusterVisit, type Means, rebuildKey } from "./visit.ts";

/**
 * The patch that makes a promoted member the primary, when the failover has told of one. Whoever stood by the old primary has to
 * prove itself to the new one; members that are being rebuilt are told whom to follow now.
 */
export function adopt(it: ClusterVisit<string>, { rebuild }: Means): Partial<Topology> | undefined {
  const news = it.take("promoted");
  if (!news || news.timeline <= it.data.timeline) return undefined;
  const patch = { ...news, electable: [], mending: "", suspicion: "" } as const;
  const cluster: Topology = { ...it.data, ...patch, electable: [] };
  for (const member of standbysOf(cluster)) {
    if (cluster.members[member]?.state === "rebuilding") {
      it.send({ machine: rebuild.name, key: rebuildKey(cluster.name, member) }, "follow", cluster);
    }
  }
  return { ...patch, electable: [] };
}
