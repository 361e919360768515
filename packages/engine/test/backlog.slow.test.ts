import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { z } from "zod";
import { createClient, machine, none, openStore, startWorker } from "../src/index.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";
import { numbered, startMany } from "./start-many.ts";
import { until } from "./stores.ts";

const who = { by: "test", why: "" };
const nothing = z.object({});
let server: PostgresServer;
before(async () => {
  server = await startPostgres();
});
after(async () => {
  await server[Symbol.asyncDispose]();
});

test("60,000 timers of the same instant run so many at a time, and others have their turn meanwhile", async () => {
  const count = 60_000;
  const concurrency = 200;
  let inFlight = 0;
  let most = 0;
  let ran = 0;
  const timer = machine({
    name: "timer",
    data: nothing,
    start: "waiting",
    transitions: { waiting: [] },
    states: {
      async waiting(it) {
        most = Math.max(most, ++inFlight);
        await turn();
        inFlight--;
        ran++;
        return it.done();
      },
    },
  });
  const ranBefore: Record<string, number> = {};
  const other = machine({
    name: "other",
    data: nothing,
    signals: { go: none },
    start: "waiting",
    transitions: { waiting: [] },
    states: {
      async waiting(it) {
        const isCalled = it.key !== "signalled" || it.take("go");
        if (!isCalled) return it.wait("1h", {});
        ranBefore[it.key] = ran;
        return it.done();
      },
    },
  });
  await using store = await openStore({ url: await server.database() });
  const client = createClient({ store, machines: [timer, other] });
  await startMany(store, timer, numbered("timer", count), {});
  await client.start({ machine: "other", key: "due later", input: {}, ...who });
  await store.reads.query(
    "update fettle.instance set due = date_trunc('second', clock_timestamp()) + interval '4 s' where machine = 'timer'",
  );
  await store.reads.query("update fettle.instance set due = clock_timestamp() + interval '5 s' where machine = 'other'");
  await store.reads.query("delete from fettle.inbox");
  await using _worker = await startWorker({ store, machines: [timer, other], concurrency, log: () => {} });
  await client.start({ machine: "other", key: "signalled", input: {}, ...who });
  await until("the timers go off", () => ran > 1000);
  await client.start({ machine: "other", key: "started meanwhile", input: {}, ...who });
  await client.signal({ ref: { key: "signalled" }, signal: "go", ...who });
  await until("all have run", () => ran === count && Object.keys(ranBefore).length === 3);
  assert.ok(most <= concurrency, `${most} handlers ran at once`);
  for (const [key, before] of Object.entries(ranBefore)) assert.ok(before < count * 0.8, `${key} ran after ${before} of ${count}`);
  await until("all are done", async () => (await client.list({ status: "done" })).total === count + 3);
});

test("one key flooded with 100,000 signals keeps no other from its own", async () => {
  const drain = machine({
    name: "drain",
    data: nothing,
    signals: { drop: none },
    start: "open",
    transitions: { open: [] },
    states: {
      async open(it) {
        const dropped = it.take("drop");
        return dropped && it.key !== "flooded" ? it.done() : it.wait("1h", {});
      },
    },
  });
  await using store = await openStore({ url: await server.database() });
  const client = createClient({ store, machines: [drain] });
  const neighbours = numbered("neighbour", 50);
  await using _worker = await startWorker({ store, machines: [drain], log: () => {} });
  for (const key of ["flooded", ...neighbours]) await client.start({ machine: "drain", key, input: {}, ...who });
  // Past the bound of the client, as what came before the bound was there.
  const flood = `insert into fettle.inbox (slot, instance, run, kind, name, by, why)
    select slot, id, run, 'signal', 'drop', 'test', '' from fettle.instance, generate_series(1, 100000) where key = 'flooded'`;
  await store.reads.query(flood, []);
  for (const key of neighbours) await client.signal({ ref: { key }, signal: "drop", ...who });
  await until("the neighbours are done", async () => (await client.list({ status: "done" })).total === neighbours.length);
  const [left] = await store.reads.query<{ count: number }>("select count(*)::int as count from fettle.inbox", []);
  assert.ok((left?.count ?? 0) > 50_000, `the flood was over before: ${left?.count} are left`);
});
