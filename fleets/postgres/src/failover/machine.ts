import { machine, none } from "@fettle/engine";
import { z } from "zod";
import { standbyReplication } from "../cluster/follow.ts";
import type { Servers } from "../cluster/servers.ts";
import { standbysOf, topology } from "../cluster/topology.ts";
import { ensureSlot } from "../server/clone.ts";
import { nobody } from "../server/config.ts";
import { fence } from "../server/fence.ts";
import { promote } from "../server/promote.ts";
import { setReplication } from "../server/replication.ts";
import { describe, judge } from "../watch/look.ts";
import { askBallot } from "./ballot.ts";
import { elect } from "./election.ts";

const data = z.object({
  cluster: topology,
  /** `unusable`: its data is there, and no server starts on it. */
  reason: z.enum(["lost", "unusable"]),
  candidate: z.string().default(""),
});

export const promoted = z.object({ primary: z.string(), timeline: z.number().int(), revision: z.number().int() });

/** How long an electable member may keep silent before a person is called. */
const patience = 30_000;

/** Makes a standby the primary when the primary or its data is gone, without losing a commit that was acknowledged. */
export const failover = (servers: Servers) =>
  machine({
    name: "postgres/failover",
    about: "Makes the most advanced standby the primary when the primary or its data is gone",
    data,
    signals: { cancel: none, protected: none, again: data },
    start: "confirming",
    transitions: {
      confirming: ["electing", "recovered", "cancelled"],
      electing: ["fencing", "recovered", "cancelled"],
      fencing: ["promoting", "recovered", "cancelled"],
      promoting: ["repointing", "cancelled"],
      repointing: ["rebuilding", "cancelled"],
      rebuilding: ["protected", "confirming", "cancelled"],
      protected: [],
      recovered: [],
      cancelled: [],
    },
    policy: {
      electing: { timeout: "20s" },
      promoting: { retry: { attempts: 20, first: "200ms", cap: "5s" } },
      repointing: { retry: { attempts: 20, first: "200ms", cap: "5s" } },
    },
    deadlines: [
      {
        in: ["confirming"],
        reach: ["rebuilding", "recovered", "cancelled"],
        within: "3m",
        page: { severity: "critical", say: "A Postgres failover takes longer than 3 minutes" },
      },
      {
        in: ["rebuilding"],
        reach: ["protected", "confirming", "cancelled"],
        within: "15m",
        page: { severity: "warning", say: "A Postgres cluster has been without a second copy for 15 minutes since its failover" },
      },
    ],
    note: ({ cluster, candidate }) => (candidate ? `${cluster.primary} → ${candidate}` : undefined),
    states: {
      async confirming(it) {
        if (it.take("cancel")) return it.to("cancelled");
        it.take("again");
        const { cluster, reason } = it.data;
        const look = await servers.monitor.look(await servers.of(cluster, cluster.primary), true);
        const verdict = judge(look);
        // Dead is not lost: its data has come back, and a restart keeps more than a failover.
        if (verdict === "well" || (verdict === "dead" && reason === "lost")) return it.to("recovered");
        if (verdict === "lost" || verdict === "dead") return it.to("electing");
        it.log(`${cluster.primary} of ${cluster.name} is in doubt: ${describe(look)}`);
        return it.wait("200ms");
      },

      async electing(it) {
        if (it.take("cancel")) return it.to("cancelled");
        const { cluster } = it.data;
        if (await isWell(servers, cluster)) return it.to("recovered");
        const ballots = await Promise.all(cluster.electable.map(async (member) => askBallot(await servers.of(cluster, member), it.abort)));
        const election = elect(ballots);
        switch (election.kind) {
          case "elected":
            return it.to("fencing", { candidate: election.member });
          case "waiting": {
            if (it.now().getTime() - it.since.getTime() < patience) return it.wait("100ms");
            const missing = election.missing.map(({ member, answer }) => `${member} (${"why" in answer ? answer.why : ""})`).join(", ");
            return it.stuck(
              `Cannot fail ${cluster.name} over without ${missing}, which may hold acknowledged commits that no other has`,
              "NO_CANDIDATE",
            );
          }
          case "nobody":
            return it.stuck(nobodyElectable(cluster), cluster.sync === "off" ? "WOULD_LOSE_DATA" : "NO_CANDIDATE");
          case "contested":
            return it.stuck(
              `Cannot fail ${cluster.name} over: ${election.member} takes writes already, and nobody told it to`,
              "SPLIT_BRAIN",
            );
          default:
            return election satisfies never;
        }
      },

      async fencing(it) {
        if (it.take("cancel")) return it.to("cancelled");
        const { cluster, reason } = it.data;
        if (await isWell(servers, cluster)) return it.to("recovered");
        const old = await servers.of(cluster, cluster.primary);
        servers.monitor.forget(old);
        await fence(old, reason === "unusable" ? "unusable" : "fenced", it.token, cluster.revision, it.abort);
        return it.to("promoting");
      },

      async promoting(it) {
        if (it.take("cancel")) return it.to("cancelled");
        const { cluster, candidate } = it.data;
        const revision = cluster.revision + 1;
        const server = await servers.of(cluster, candidate);
        // Nobody has been proven to follow the new primary yet; a strict cluster waits until somebody is.
        const timeline = await promote(server, cluster.sync === "strict" ? [nobody] : [], revision, it.abort);
        it.send({ machine: "postgres/cluster", key: cluster.name }, "promoted", { primary: candidate, timeline, revision });
        return it.to("repointing");
      },

      async repointing(it) {
        if (it.take("cancel")) return it.to("cancelled");
        const { cluster, candidate } = it.data;
        const primary = await servers.of(cluster, candidate);
        for (const member of standbysOf(cluster).filter((name) => name !== candidate)) {
          const standby = await servers.of(cluster, member);
          await ensureSlot(primary, member);
          await setReplication(standby, standbyReplication(cluster.sync, member, primary), cluster.revision + 1);
        }
        return it.to("rebuilding");
      },

      async rebuilding(it) {
        if (it.take("cancel")) return it.to("cancelled");
        const again = it.take("again");
        if (again) return it.to("confirming", { ...again, candidate: "" });
        if (it.take("protected")) return it.to("protected");
        return it.wait("30s");
      },

      async protected(it) {
        return it.done({ outcome: "protected", primary: it.data.candidate });
      },
      async recovered(it) {
        return it.done({ outcome: "recovered" });
      },
      async cancelled(it) {
        return it.done({ outcome: "cancelled" });
      },
    },
  });

type Cluster = z.infer<typeof topology>;

/** From each destructive state there is a way out: the primary is well again, and nothing is taken from it. */
async function isWell(servers: Servers, cluster: Cluster): Promise<boolean> {
  return judge(await servers.monitor.look(await servers.of(cluster, cluster.primary))) === "well";
}

function nobodyElectable(cluster: Cluster): string {
  const standbys = standbysOf(cluster);
  if (standbys.length === 0) return `Cannot fail ${cluster.name} over: it has no standby`;
  return cluster.sync === "off"
    ? `Declines to fail ${cluster.name} over: ${standbys.join(", ")} lag further behind ${cluster.primary} than may be lost`
    : `Declines to fail ${cluster.name} over: ${standbys.join(", ")} may lack commits that ${cluster.primary} acknowledged alone`;
}
