import { failureOf, machine } from "@fettle/engine";
import { destroying } from "./destroying.ts";
import { doubting } from "./doubting.ts";
import { mending } from "./mending.ts";
import { isOwn, provision, removeCluster } from "./provision.ts";
import { noteOf, type Topology, topology } from "./topology.ts";
import { retry, unfailing } from "./unfailing.ts";
import { type ClusterVisit, type Means, signals } from "./visit.ts";
import { watching } from "./watching.ts";

/** One per database: provisions it, watches it for as long as it lives, and starts what mends it. */
export const cluster = (means: Means) =>
  machine({
    name: "postgres/cluster",
    about: "One Postgres database with its standbys: watched from outside by two independent signs, and mended",
    data: topology,
    signals,
    start: "provisioning",
    transitions: {
      provisioning: ["available", "abandoned"],
      available: ["uncertain", "destroying"],
      uncertain: ["available", "unavailable", "destroying"],
      unavailable: ["available", "uncertain", "destroying"],
      destroying: ["destroyed"],
      destroyed: [],
      abandoned: [],
    },
    policy: {
      provisioning: { timeout: "90s" },
      available: { timeout: "60s", retry },
      uncertain: { retry },
      unavailable: { retry },
      destroying: { timeout: "60s" },
    },
    deadlines: [
      {
        reach: ["available", "abandoned"],
        within: "5m",
        page: { severity: "warning", say: "A Postgres cluster is not provisioned after 5 minutes" },
      },
      {
        in: ["uncertain"],
        reach: ["available", "unavailable", "destroying"],
        within: "1m",
        page: {
          severity: "critical",
          say: "A Postgres cluster has been uncertain for a minute: its signs disagree, so nothing is done to it",
        },
      },
      {
        in: ["unavailable"],
        reach: ["available", "destroying"],
        within: "5m",
        page: { severity: "critical", say: "A Postgres cluster has been unavailable for 5 minutes" },
      },
    ],
    note: noteOf,
    states: {
      provisioning: (it) => provisioning(it, means),
      available: (visit) => unfailing(visit, (it) => watching(it, means)),
      uncertain: (visit) => unfailing(visit, (it) => doubting(it, means)),
      unavailable: (visit) => unfailing(visit, (it) => mending(it, means)),
      destroying: (it) => destroying(it, means),
      async destroyed(it) {
        return it.done({ outcome: "destroyed" });
      },
      async abandoned(it) {
        return it.done({ outcome: "abandoned", failure: it.data.failure });
      },
    },
  });

async function provisioning(it: ClusterVisit<"available" | "abandoned">, { servers }: Means) {
  try {
    return it.to("available", await provision(servers, it.data, it.token, it.abort));
  } catch (error) {
    // A timeout or a lost lease is tried again, perhaps by another worker, which begins by clearing away what is here.
    if (it.abort.aborted) throw error;
    if (await isOwn(servers, it.data.name, it.token)) await removeCluster(servers, await servers.firstHost(), it.data.name, it.abort);
    it.log(`not created: ${failureOf(error).message}`);
    return it.to("abandoned", { failure: failureOf(error) } satisfies Partial<Topology>);
  }
}
