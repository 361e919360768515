import { removeCluster } from "./provision.ts";
import type { ClusterVisit, Means } from "./visit.ts";

/** A mender that does not let go within this is stuck, and finds nothing left when somebody retries it. */
const patience = 30_000;

/** Stops what mends the cluster, which would start its servers again, then its servers, and removes its folder. */
export async function destroying(it: ClusterVisit<"destroyed">, { servers }: Means) {
  const children = (await it.children()).filter((child) => child.status !== "done");
  for (const child of children) it.send({ machine: child.machine, key: child.key }, "cancel");
  const isLate = it.now().getTime() - it.since.getTime() > patience;
  if (children.some((child) => child.status === "running") && !isLate) return it.wait("2s");
  servers.forgetSecrets(it.data.name);
  servers.monitor.forgetUnder(`${servers.root}/${it.data.name}/`);
  await removeCluster(servers, await servers.firstHost(), it.data.name, it.abort);
  return it.to("destroyed");
}
