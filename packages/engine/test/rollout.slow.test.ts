import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createClient, type Machine, openStore } from "../src/index.ts";
import { hireWorker } from "./chaos.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";
import { repairs } from "./rollout-machines.ts";
import { numbered, startMany } from "./start-many.ts";
import { until } from "./stores.ts";

const count = 100_000;
const patience = 240_000;
let server: PostgresServer;
before(async () => {
  server = await startPostgres();
});
after(async () => {
  await server[Symbol.asyncDispose]();
});

test("two rollouts to 100,000 at once: counted, paused and resumed, over a killed worker, each act once and in history", async () => {
  const url = await server.database();
  await using store = await openStore({ url });
  const machines = repairs(new Set());
  for (let some = 0; some < count; some += 10_000) await startMany(store, machines[0] as Machine, numbered(`thing ${some}`, 10_000), {});
  const client = createClient({ store, machines });
  // Cheaper to ask again and again than how all the members fare.
  const isOver = async (key: string) => (await client.show({ machine: "fettle/rollout", key })).status === "done";
  const file = join(import.meta.dirname, "rollout-process.ts");
  const selection = { machine: "repair" };
  assert.equal((await client.list({ ...selection, limit: 1 })).total, count);
  let worker = await hireWorker(url, file);
  try {
    const pace = { selection, gap: "1ms", by: "ana" } as const;
    const retry = await client.startRollout({ act: { kind: "retry" }, name: "retry", why: "one", ...pace });
    const edit = await client.startRollout({ act: { kind: "edit", payload: { set: { n: 1 } } }, name: "edit", why: "other", ...pace });
    assert.deepEqual([retry.total, retry.first, edit.total], [count, 15, count]);
    await until("one is well under way", async () => (await client.rollout("retry")).acted > 1000, patience);
    const rule = await client.addRule({ kind: "pause", selector: { machine: "fettle/rollout", key: "retry" }, by: "ana", why: "lunch" });
    const exited = once(worker, "exit");
    worker.kill("SIGKILL");
    await exited;
    const paused = await client.rollout("retry");
    worker = await hireWorker(url, file);
    await until("the other is over", () => isOver("edit"), patience);
    assert.equal((await client.rollout("retry")).acted, paused.acted);
    await client.endRule(rule.id, { by: "ana", why: "back" });
    await until("both are over", () => isOver("retry"), patience);
    const told = await store.reads.query<{ kind: string; why: string; times: number; things: number }>(
      `select kind, why, count(*)::int as times, count(distinct instance)::int as things from fettle.history
       where kind in ('retried', 'edited') and by = 'ana' group by kind, why order by kind`,
      [],
    );
    assert.deepEqual(told, [
      { kind: "edited", why: "other (rollout edit)", times: count, things: count },
      { kind: "retried", why: "one (rollout retry)", times: count, things: count },
    ]);
  } finally {
    worker.kill("SIGKILL");
  }
});
