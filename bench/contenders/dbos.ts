import { DBOS } from "@dbos-inc/dbos-sdk";
import pg from "pg";
import { type Contender, type Data, dataOf, type Engine, type Entered, keyOf, states, type Work } from "./contender.ts";
import { versionOf } from "./version-of.ts";

const inFlight = 200;

export const contender: Contender = {
  version: versionOf("@dbos-inc/dbos-sdk"),
  setup: `a workflow of four steps on a queue, ${inFlight} in flight, 50 connections`,
  lacks: "no transition table or deadlines; a step is a row of its workflow's journal, one commit each",
  share: 0.01,
  processes: 1,
  isQueue: true,
  hasOwnStore: false,
  open,
};

const queueName = "four";
const workflowName = "four";

async function open(work: Work): Promise<Engine> {
  const pool = new pg.Pool({ connectionString: work.url, max: 1 });
  let note: Entered = () => undefined;
  const four = DBOS.registerWorkflow(
    async (data: Data) => {
      for (const state of states) {
        await DBOS.runStep(
          async () => {
            note(state, data.cluster);
            return { ...data, checks: data.checks + 1 };
          },
          { name: state },
        );
      }
      if (work.endless) await DBOS.startWorkflow(four, { queueName })(data);
    },
    { name: workflowName },
  );
  const launch = async (listenQueues: string[]) => {
    const settings = { systemDatabaseUrl: work.url, systemDatabasePoolSize: 50, applicationVersion: "1", logLevel: "error" };
    DBOS.setConfig({ name: "bench", ...settings, listenQueues });
    await DBOS.launch();
    await DBOS.registerQueue(queueName, { workerConcurrency: inFlight, minPollingIntervalMs: 20 });
  };
  return {
    async load() {
      await launch([]);
      for (let from = 1; from <= work.keys; from += inFlight) {
        const keys = Array.from({ length: Math.min(inFlight, work.keys + 1 - from) }, (_, index) => keyOf(from + index));
        await Promise.all(keys.map((key) => DBOS.startWorkflow(four, { queueName })(dataOf(key))));
      }
    },
    async work(entered) {
      note = entered;
      await launch([queueName]);
    },
    async left() {
      const { rows } = await pool.query<{ left: number }>(
        "select count(*)::int as left from dbos.workflow_status where status in ('ENQUEUED', 'PENDING')",
      );
      return rows[0]?.left ?? 0;
    },
    /** Without the queue, which is polled: begun by the process that is asked. */
    async start(key) {
      await DBOS.startWorkflow(four)(dataOf(key));
    },
    async [Symbol.asyncDispose]() {
      await DBOS.shutdown({ workflowCompletionTimeoutMS: 0 });
      await pool.end();
    },
  };
}
