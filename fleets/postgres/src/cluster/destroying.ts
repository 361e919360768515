import { removeCluster } from "./provision.ts";
import type { ClusterVisit, Means } from "./visit.ts";

/** A mender that does not let go within this is stuck, and finds nothing left when somebody retries it. */
const patience = 30_000;

/** Stops what mends the cluster, which would start its servers again, then its servers, and removes its folder. */
export async function destroying(it: ClusterVisit<"destroyed">, { servers }: Means) {
  const running = (await it.children()).filter((child) => child.status === "running");
  if (running.length > 0 && it.now().getTime() - it.since.getTime() < patience) {
    for (const child of running) it.send({ machine: child.machine, key: child.key }, "cancel");
    return it.wait("2s");
  }
  servers.monitor.forgetUnder(`${servers.root}/${it.data.name}/`);
  await removeCluster(servers, await servers.firstHost(), it.data.name, it.abort);
  return it.to("destroyed");
}
