import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createClient, openStore } from "../src/index.ts";
import { hireWorker, staleCommits, watchTables } from "./chaos.ts";
import { chaosMachines } from "./chaos-machines.ts";
import { complaints } from "./checker.ts";
import { startPostgres, statement } from "./postgres-server.ts";
import { numbered } from "./start-many.ts";
import { until } from "./stores.ts";

const workerFile = fileURLToPath(new URL("worker-process.ts", import.meta.url));
const shift = { NODE_OPTIONS: `--import ${new URL("clock-shift.ts", import.meta.url).href}` };
const who = { by: "test", why: "" };

test("workers whose wall clock steps an hour forth and back: no timer is early, double or lost, and no range has two owners", async () => {
  await using server = await startPostgres();
  const url = await server.database();
  await using store = await openStore({ url });
  await watchTables(url);
  const client = createClient({ store, machines: chaosMachines(url) });
  const workers = await Promise.all([hireWorker(url, workerFile, shift), hireWorker(url, workerFile, shift)]);
  try {
    await until("each has half", async () => (await client.workers()).map(({ slots }) => slots).join() === "2048,2048");
    const keys = numbered("timer", 40);
    for (const key of keys) await client.start({ machine: "chaos/timer", key, input: { moves: 0, sleeps: false, skews: [] }, ...who });
    await until("all are done", async () => (await client.list({ status: "done" })).total === keys.length);
  } finally {
    for (const worker of workers) worker.kill("SIGKILL");
  }
  const skews = await statement<{ skews: number[] }>(url, "select data::json -> 'skews' as skews from fettle.instance");
  const hours = skews.flatMap((row) => row.skews.map((skew) => Math.round(skew / 3_600_000)));
  assert.deepEqual([...new Set(hours)].sort(), [-1, 1], "the clocks did not step");
  assert.deepEqual(await complaints(url), []);
  assert.deepEqual(await statement(url, staleCommits), []);
  const early = `select * from (
      select key, to_state, at - lag(at) over (partition by instance order by h.id) as slept from fettle.history h
      join fettle.instance i on i.slot = h.slot and i.id = h.instance where h.to_state is not null
    ) s where to_state = 'awake' and slept < interval '1500 ms'`;
  assert.deepEqual(await statement(url, early), []);
});
