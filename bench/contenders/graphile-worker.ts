import { type AddJobsJobSpec, consoleLogFactory, Logger, makeWorkerUtils, type Runner, run, type TaskList } from "graphile-worker";
import { Batches } from "./batches.ts";
import { after, type Contender, type Data, dataOf, type Engine, type Entered, keyOf, states, type Work } from "./contender.ts";
import { versionOf } from "./version-of.ts";

export const contender: Contender = {
  version: versionOf("graphile-worker"),
  setup: "local queue of 500, batched completion, successors added by addJobs in batches, 2 processes",
  lacks: "no row of state, no history: a job is deleted when done; completing a step and adding the next are two commits",
  share: 0.3,
  processes: 2,
  isQueue: true,
  hasOwnStore: false,
  open,
};

/** The settings of its page on performance, but for more jobs at a time, without which its handlers would wait for their addJobs. */
const fast = { concurrentJobs: 250, maxPoolSize: 25, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };
/** A local queue takes jobs in whole batches, and so is no help to the first of them. */
const prompt = { concurrentJobs: 24, maxPoolSize: 25 };

const logger = new Logger((scope) => {
  const log = consoleLogFactory(scope);
  return (level, message, meta) => (level === "error" ? log(level, message, meta) : undefined);
});

async function open(work: Work): Promise<Engine> {
  const utils = await makeWorkerUtils({ connectionString: work.url, logger });
  await utils.migrate();
  const successors = new Batches<AddJobsJobSpec>(2, (specs) => utils.addJobs(specs));
  let runner: Runner | undefined;
  return {
    async load() {
      const each = 5_000;
      for (let from = 1; from <= work.keys; from += each) {
        const keys = Array.from({ length: Math.min(each, work.keys + 1 - from) }, (_, index) => keyOf(from + index));
        await utils.addJobs(keys.map((key) => ({ identifier: "one", payload: dataOf(key) })));
      }
    },
    async work(entered) {
      const preset = { worker: { connectionString: work.url, ...(work.isIdle ? prompt : fast), logger } };
      runner = await run({ preset, taskList: tasks(work, entered, successors), noHandleSignals: true, crontab: "" });
    },
    async left() {
      const { rows } = await utils.withPgClient((client) =>
        client.query<{ left: number }>("select count(*)::int as left from graphile_worker._private_jobs"),
      );
      return rows[0]?.left ?? 0;
    },
    async start(key) {
      await utils.addJob("one", dataOf(key));
    },
    async [Symbol.asyncDispose]() {
      await runner?.stop();
      await utils.release();
    },
  };
}

function tasks(work: Work, entered: Entered, successors: Batches<AddJobsJobSpec>): TaskList {
  const one = (state: (typeof states)[number]) => async (payload: unknown) => {
    const data = payload as Data;
    entered(state, data.cluster);
    const next = after(state, work.endless);
    if (next) await successors.add({ identifier: next, payload: { ...data, checks: data.checks + 1 } });
  };
  return Object.fromEntries(states.map((state) => [state, one(state)]));
}
