import { FettleError, machine, none } from "@fettle/engine";
import { z } from "zod";
import { standbyReplication } from "../cluster/follow.ts";
import type { Servers } from "../cluster/servers.ts";
import { standbysOf, topology } from "../cluster/topology.ts";
import { ensureSlot } from "../server/clone.ts";
import { nobody } from "../server/config.ts";
import { fence } from "../server/fence.ts";
import { promote } from "../server/promote.ts";
import { setReplication } from "../server/replication.ts";
import { revive } from "../server/revive.ts";
import { describe, judge } from "../watch/look.ts";
import { askBallot } from "./ballot.ts";
import { type Election, elect } from "./election.ts";

const data = z.object({
  cluster: topology,
  /** `unusable`: its data is there, and no server starts on it. */
  reason: z.enum(["lost", "unusable"]),
  candidate: z.string().default(""),
});

export const promoted = z.object({ primary: z.string(), timeline: z.number().int(), revision: z.number().int() });

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
      // An electable member that keeps silent is asked for half a minute, then a person.
      electing: { timeout: "20s", retry: { attempts: 12, first: "200ms", cap: "5s" } },
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
          default:
            throw declined(cluster, election);
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
        // It may have died since, before or after it was promoted.
        await revive(server, it.abort);
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

/** Why nobody is promoted. What may change by itself is tried again; the rest needs a person. */
function declined(cluster: Cluster, election: Exclude<Election, { kind: "elected" }>): FettleError {
  const { name, primary, sync } = cluster;
  switch (election.kind) {
    case "waiting": {
      const missing = election.missing.map(({ member, answer }) => `${member} (${"why" in answer ? answer.why : ""})`).join(", ");
      return new FettleError(
        "NO_CANDIDATE",
        `Cannot fail ${name} over without ${missing}, which may hold acknowledged commits that no other has`,
        {
          fix: `Bring it back, then: fettle retry postgres/failover/${name}`,
        },
      );
    }
    case "nobody": {
      const standbys = standbysOf(cluster);
      const why =
        standbys.length === 0
          ? "it has no standby"
          : sync === "off"
            ? `${standbys.join(", ")} may be further behind ${primary} than may be lost`
            : `${standbys.join(", ")} may lack commits that ${primary} acknowledged alone`;
      return new FettleError(
        standbys.length > 0 && sync === "off" ? "WOULD_LOSE_DATA" : "NO_CANDIDATE",
        `Declines to fail ${name} over: ${why}`,
        {
          fix: `Bring the data of ${primary} back, and it is restarted`,
          retryable: false,
        },
      );
    }
    case "contested":
      return new FettleError("SPLIT_BRAIN", `Cannot fail ${name} over: ${election.member} takes writes already, and nobody told it to`, {
        fix: `Stop the one of the two whose commits may go, then: fettle retry postgres/failover/${name}`,
        retryable: false,
      });
    default:
      return election satisfies never;
  }
}
