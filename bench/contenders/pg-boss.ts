import { type JobInsert, PgBoss } from "pg-boss";
import { after, type Contender, type Data, dataOf, type Engine, type Entered, keyOf, states, type Work } from "./contender.ts";
import { versionOf } from "./version-of.ts";

/** Jobs that one fetch takes, one handler gets, and one statement completes. */
const batch = 2_000;

export const contender: Contender = {
  version: versionOf("pg-boss"),
  setup: `a queue and a partition for each state, batches of ${batch}, fetched at once while they are full, else woken by NOTIFY`,
  lacks: "no row of state, no history of steps: completed jobs are kept for a time; completing a step and adding the next are two commits",
  share: 0.2,
  processes: 1,
  isQueue: true,
  hasOwnStore: false,
  open,
};

async function open(work: Work): Promise<Engine> {
  const boss = new PgBoss({ connectionString: work.url, useListenNotify: true, schedule: false });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  for (const state of states) await boss.createQueue(state, { partition: true, notify: true });
  return {
    async load() {
      for (let from = 1; from <= work.keys; from += batch) {
        const jobs = Array.from({ length: Math.min(batch, work.keys + 1 - from) }, (_, index) => ({ data: dataOf(keyOf(from + index)) }));
        await boss.insert("one", jobs);
      }
    },
    async work(entered) {
      for (const state of states)
        await boss.work<Data>(state, { batchSize: batch, burstWhenBatchFull: true }, step(boss, work, entered, state));
    },
    async left() {
      const { rows } = await boss.getDb().executeSql("select count(*)::int as left from pgboss.job where state < 'completed'");
      return rows[0].left;
    },
    async start(key) {
      await boss.send("one", dataOf(key));
    },
    [Symbol.asyncDispose]: () => boss.stop({ graceful: false }),
  };
}

function step(boss: PgBoss, work: Work, entered: Entered, state: (typeof states)[number]) {
  return async (jobs: readonly { readonly data: Data }[]) => {
    for (const { data } of jobs) entered(state, data.cluster);
    const next = after(state, work.endless);
    const successors: JobInsert<Data>[] = jobs.map(({ data }) => ({ data: { ...data, checks: data.checks + 1 } }));
    if (next) await boss.insert(next, successors);
  };
}
