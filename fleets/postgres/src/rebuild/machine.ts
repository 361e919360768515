import { FettleError, type It, machine, none } from "@fettle/engine";
import { z } from "zod";
import { standbyReplication } from "../cluster/follow.ts";
import type { Servers } from "../cluster/servers.ts";
import { topology } from "../cluster/topology.ts";
import { openAccess } from "../server/access.ts";
import { checkFree, ensureSlot, markStandby, startCopy, startRewind } from "../server/clone.ts";
import { writeMember } from "../server/create.ts";
import { fileName } from "../server/place.ts";
import { killServer, processesOf } from "../server/processes.ts";
import { follows } from "../server/pulse.ts";
import { writeReplication } from "../server/replication.ts";
import { controlLogin } from "../server/secrets.ts";
import type { Server } from "../server/server.ts";
import { withSession } from "../server/session.ts";
import { startServer, waitUntilUp } from "../server/start.ts";
import { formerData, hasStandbyData, removeLeftovers, stopJobs } from "./data.ts";
import { nextWay } from "./plan.ts";

const data = z.object({
  cluster: topology,
  member: z.string(),
  tried: z.array(z.enum(["start", "rewind", "copy"])).default([]),
  /** What went wrong last. */
  said: z.string().default(""),
});

const signals = { cancel: none, follow: topology } as const;
type Data = z.infer<typeof data>;
type Visit<Next extends string> = It<Next, Data, typeof signals>;

/** Its primary may be down for a while, which is no fault of the rebuild. */
const retry = { attempts: 30, cap: "10s" } as const;

const leastFree = 256 * 2 ** 20;
/** How long a standby may stream without applying anything new. */
const patience = 30_000;

/** Makes a member a standby that has been seen to follow the primary. Nobody counts on its copy meanwhile. */
export const rebuild = (servers: Servers) =>
  machine({
    name: "postgres/rebuild",
    about: "Brings a lost standby or an old primary back as a standby that is proven to follow",
    data,
    signals,
    start: "deciding",
    transitions: {
      deciding: ["starting", "rewinding", "copying", "cancelled"],
      rewinding: ["starting", "deciding", "cancelled"],
      copying: ["starting", "deciding", "cancelled"],
      starting: ["following", "deciding", "cancelled"],
      following: ["ready", "deciding", "cancelled"],
      ready: [],
      cancelled: [],
    },
    policy: {
      deciding: { retry },
      rewinding: { timeout: "2m", retry },
      copying: { timeout: "2m", retry },
      starting: { timeout: "60s", retry },
      following: { retry },
    },
    deadlines: [
      { reach: ["ready", "cancelled"], within: "1h", page: { severity: "warning", say: "A Postgres standby is not back after an hour" } },
    ],
    note: ({ member, tried, said }) =>
      said ? `${member}: ${said.slice(0, 200)}` : tried.length > 0 ? `${member}: ${tried.at(-1)}` : undefined,
    states: {
      async deciding(it) {
        if (it.take("cancel")) return it.to("cancelled");
        const turn = it.take("follow");
        const cluster = turn ?? it.data.cluster;
        const { standby } = await both(servers, it.data);
        await stopJobs(standby);
        await killServer(standby, it.abort);
        await writeMember(standby, cluster.revision);
        const tried = turn ? [] : it.data.tried;
        const way = nextWay({ standby: await hasStandbyData(standby), former: (await formerData(standby)) !== undefined, tried });
        switch (way) {
          case "start":
            return it.to("starting", { cluster, tried: [...tried, way] });
          case "rewind":
            return it.to("rewinding", { cluster, tried: [...tried, way] });
          case "copy":
            return it.to("copying", { cluster, tried: [...tried, way] });
          case "none":
            return it.stuck(
              `Cannot make ${it.data.member} of ${cluster.name} follow ${cluster.primary}: ${it.data.said}`,
              "REBUILD_FAILED",
            );
          default:
            return way satisfies never;
        }
      },

      async rewinding(it) {
        const turn = turned(it);
        if (turn) return turn;
        const { standby, primary } = await both(servers, it.data);
        const job = `${standby.place.jobs}/${fileName(it.token)}`;
        if ((await standby.host.jobs.status(job)).kind === "absent") {
          await ensureSlot(primary, standby.member);
          await checkUnused(standby, it.abort);
          await takeFormerData(standby);
          await startRewind(standby, primary, job);
        }
        return afterJob(it, standby, job);
      },

      async copying(it) {
        const turn = turned(it);
        if (turn) return turn;
        const { standby, primary } = await both(servers, it.data);
        const job = `${standby.place.jobs}/${fileName(it.token)}`;
        if ((await standby.host.jobs.status(job)).kind === "absent") {
          await checkFree(standby, leastFree);
          await ensureSlot(primary, standby.member);
          await checkUnused(standby, it.abort);
          await standby.host.files.remove(standby.place.data);
          await startCopy(standby, primary, job);
        }
        return afterJob(it, standby, job);
      },

      async starting(it) {
        const turn = turned(it);
        if (turn) return turn;
        const { standby, primary } = await both(servers, it.data);
        const { cluster, member } = it.data;
        await writeReplication(standby, standbyReplication(cluster.sync, member, primary), cluster.revision);
        await ensureSlot(primary, member);
        await openAccess(standby, cluster.revision);
        await startServer(standby);
        const rise = await waitUntilUp(standby, 40_000, it.abort);
        if (rise.kind === "up") return it.to("following");
        if (rise.kind === "replaying") return it.wait("1s");
        return it.to("deciding", { said: rise.log });
      },

      async following(it) {
        const turn = turned(it);
        if (turn) return turn;
        const { standby, primary } = await both(servers, it.data);
        const proven = await withSession(primary.address, controlLogin(primary.secrets), (session) =>
          follows(session, standby, 2_000, it.abort),
        );
        if (proven) return it.to("ready", { said: "" });
        if (it.now().getTime() - it.since.getTime() < patience || (await advances(standby))) return it.wait("200ms");
        return it.to("deciding", { said: `it does not apply what ${primary.member} commits` });
      },

      async ready(it) {
        const { standby } = await both(servers, it.data);
        await removeLeftovers(standby, it.data.cluster.revision);
        return it.done({ outcome: "ready" });
      },
      async cancelled(it) {
        return it.done({ outcome: "cancelled" });
      },
    },
  });

/** The primary has changed, or the cluster goes: whatever was begun is begun anew, or not at all. */
function turned<Next extends string>(it: Visit<Next | "deciding" | "cancelled">) {
  if (it.take("cancel")) return it.to("cancelled");
  const cluster = it.take("follow");
  return cluster ? it.to("deciding", { cluster, tried: [] }) : undefined;
}

async function both(servers: Servers, { cluster, member }: Data): Promise<{ standby: Server; primary: Server }> {
  const [standby, primary] = await Promise.all([servers.of(cluster, member), servers.of(cluster, cluster.primary)]);
  return { standby, primary };
}

/**
 * The data was left by all processes before this state was entered. When one works in it, another worker has done all this while this
 * one slept, and the data is somebody's second copy. Throws STALE_DECISION.
 */
async function checkUnused(standby: Server, abort: AbortSignal): Promise<void> {
  const running = await processesOf(standby);
  abort.throwIfAborted();
  if (running.length === 0) return;
  throw new FettleError("STALE_DECISION", `Cannot make the data of ${standby.place.title} anew: ${running.length} processes work in it`);
}

async function takeFormerData(standby: Server): Promise<void> {
  const { files } = standby.host;
  const former = await formerData(standby);
  if (former !== undefined && former !== standby.place.data) {
    await files.remove(standby.place.data);
    await files.rename(former, standby.place.data);
  }
  // Recovery in pg_rewind runs the server by itself, which refuses to be a standby. The access file still lets nobody in.
  await files.remove(`${standby.place.data}/standby.signal`);
}

async function afterJob<Next extends string>(it: Visit<Next | "starting" | "deciding">, standby: Server, job: string) {
  await Promise.race([standby.host.jobs.ended(job, 60_000), aborted(it.abort)]);
  it.abort.throwIfAborted();
  const status = await standby.host.jobs.status(job);
  switch (status.kind) {
    case "running":
    case "absent":
      return it.wait("1s");
    case "failed":
      return it.to("deciding", { said: status.output.split("\n").at(-1) ?? "" });
    case "succeeded":
      await markStandby(standby);
      return it.to("starting");
    default:
      return status satisfies never;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}

/** Far behind and on its way is not stuck. */
async function advances(standby: Server): Promise<boolean> {
  return withSession(standby.address, controlLogin(standby.secrets), async (session) => {
    const at = async () => (await session.query<{ at: string }>("select pg_last_wal_replay_lsn()::text as at"))[0]?.at;
    const before = await at();
    await session.query("select pg_sleep(1)");
    return before !== (await at());
  });
}
