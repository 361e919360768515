import type { FleetCommand, InstanceSummary } from "@fettle/engine";
import { topology } from "../cluster/topology.ts";
import { clusterMachine } from "./known.ts";

export const ls: FleetCommand = {
  name: "ls",
  about: "List the databases",
  examples: ["fettle pg ls", "fettle pg ls --json"],
  async run({ client, out }) {
    const { instances } = await client.list({ machine: clusterMachine, limit: 1000 });
    const living = instances.filter((instance) => instance.status !== "done").toSorted((one, other) => one.key.localeCompare(other.key));
    const clusters = await Promise.all(living.map(async (instance) => describe(instance, (await client.show(instance)).data)));
    const rows = clusters.map((cluster) => ({
      NAME: cluster.name,
      STATE: cluster.status === "stuck" ? `stuck in ${cluster.state}` : cluster.state,
      PRIMARY: cluster.primary,
      STANDBYS: `${cluster.electable.length} of ${cluster.standbys}`,
      SYNC: cluster.sync,
      NOTE: cluster.note ?? "",
    }));
    out.table(rows, clusters);
  },
};

function describe({ key, state, status, since, note }: InstanceSummary, data: unknown) {
  const { primary, standbys, electable, sync, timeline } = topology.parse(data);
  return { name: key, state, status, since, primary, standbys, electable, sync, timeline, note };
}
