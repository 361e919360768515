import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { createClient, machine, openStore, startWorker } from "../src/index.ts";
import { complaints } from "./checker.ts";
import { startPostgres } from "./postgres-server.ts";
import { numbered } from "./start-many.ts";
import { until } from "./stores.ts";

const who = { by: "test", why: "" };
const seconds = 90;

// Ten minutes are no other than a minute and a half, for nothing in here waits longer than ten seconds: retries may go on for two,
// leases last for ten, and a connection is tried again each second at most.
test(`Postgres is away for ${seconds} s: no retry is spent, nobody is paged for each thing, and all goes on by itself`, async () => {
  const walk = machine({
    name: "walk",
    data: z.object({ moves: z.number() }),
    start: "a",
    transitions: { a: ["b"], b: ["a", "end"], end: [] },
    policy: { a: { retry: { attempts: 2, first: "10ms", within: "2s" } }, b: { retry: { attempts: 2, first: "10ms", within: "2s" } } },
    deadlines: [{ reach: "end", within: "30s", page: { severity: "warning", say: "the walk is late" } }],
    states: {
      async a(it) {
        // A handler that asks the store itself does not fail with it.
        await it.children();
        await sleep(50, undefined, { signal: it.abort });
        return it.to("b", { moves: it.data.moves + 1 });
      },
      async b(it) {
        await sleep(50, undefined, { signal: it.abort });
        return it.to(it.data.moves > 200 ? "end" : "a", { moves: it.data.moves + 1 });
      },
      end: async (it) => it.done(),
    },
  });
  await using server = await startPostgres();
  const url = await server.database();
  await using store = await openStore({ url });
  const log: string[] = [];
  const paged: string[] = [];
  const pager = async (page: { say: string }) => void paged.push(page.say);
  await using _worker = await startWorker({ store, machines: [walk], pager, log: (line) => void log.push(line) });
  const client = createClient({ store, machines: [walk] });
  const keys = numbered("walk", 30);
  for (const key of keys) await client.start({ machine: "walk", key, input: { moves: 0 }, ...who });
  const moves = async () => (await client.history({ key: keys[0] as string })).length;
  await until("they walk", async () => (await moves()) > 5);

  await server.stop();
  await assert.rejects(client.start({ machine: "walk", key: "meanwhile", input: { moves: 0 }, ...who }), { code: "STORE_AWAY" });
  await sleep(seconds * 1000);
  await server.start();

  await until("all are done", async () => (await client.list({ status: "done" })).total === keys.length);
  assert.deepEqual(await complaints(url), []);
  const failures = await store.reads.query("select detail from fettle.history where kind in ('failed', 'stuck')", []);
  assert.deepEqual(failures, []);
  assert.ok(paged.length <= 1, `paged ${paged.length} times: ${paged[0]}`);
  assert.ok(log.length < 10, log.join("\n"));
  assert.ok(log.some((line) => line.includes("The store does not answer")) && log.includes("The store is back"), log.join("\n"));
});
