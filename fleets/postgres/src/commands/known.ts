import { type Client, FettleError, type InstanceDetail } from "@fettle/engine";
import { type Topology, topology } from "../cluster/topology.ts";

export const clusterMachine = "postgres/cluster";

export interface Known {
  readonly instance: InstanceDetail;
  readonly cluster: Topology;
}

/** A cluster that exists. Throws NO_SUCH_INSTANCE, and NO_SUCH_CLUSTER for one that was destroyed or never came to be. */
export async function known(client: Client, name: string): Promise<Known> {
  checkName(name);
  const instance = await client.show({ machine: clusterMachine, key: name });
  const cluster = topology.parse(instance.data);
  if (instance.status !== "done" && cluster.primary !== "") return { instance, cluster };
  const why = instance.status === "done" ? `it is ${instance.state}` : "it is being provisioned";
  throw new FettleError("NO_SUCH_CLUSTER", `There is no cluster ${name}: ${why}`, { fix: "Look: fettle pg ls" });
}

/** A name is a folder, a database and part of an address. Throws BAD_NAME. */
export function checkName(name: string): void {
  if (/^[a-z][a-z0-9-]{0,30}$/.test(name)) return;
  throw new FettleError("BAD_NAME", `Cannot use ${JSON.stringify(name)} as the name of a cluster`, {
    fix: "Use 1 to 31 of a-z, 0-9 and -, beginning with a letter, as in prod-1",
    retryable: false,
  });
}
