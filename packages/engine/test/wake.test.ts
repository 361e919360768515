import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { z } from "zod";
import { createClient, machine, none, openStore, startWorker } from "../src/index.ts";
import { type PostgresServer, startPostgres, statement } from "./postgres-server.ts";
import { until } from "./stores.ts";

const who = { by: "test", why: "" };
const data = z.object({ taken: z.number() });
const counter = machine({
  name: "counter",
  data,
  signals: { count: none },
  start: "counting",
  transitions: { counting: [] },
  states: {
    async counting(it) {
      let taken = it.data.taken;
      while (it.take("count")) taken++;
      return taken === it.data.taken ? it.wait("1h") : it.wait("1h", { taken });
    },
  },
});

describe("callers", () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  test("notify a worker that sleeps, and not one that many messages keep awake; none is lost on the way", async () => {
    const url = await server.database();
    await using store = await openStore({ url });
    await using _worker = await startWorker({ store, machines: [counter], log: () => {} });
    const client = createClient({ store, machines: [counter] });
    const keys = Array.from({ length: 8 }, (_, at) => `x-${at}`);
    for (const key of keys) await client.start({ machine: "counter", key, input: { taken: 0 }, ...who });
    const isAsleep = async () => (await statement<{ asleep: boolean }>(url, "select asleep from fettle.worker"))[0]?.asleep;
    // Before it has leased the ranges there is nobody to tell; it then looks by itself.
    await until("every key is known to the worker", async () => (await statement(url, "select from fettle.inbox")).length === 0);
    await until("the worker sleeps", async () => (await isAsleep()) === true);

    const listener = new pg.Client({ connectionString: url });
    await listener.connect();
    let notified = 0;
    listener.on("notification", () => notified++);
    await listener.query("listen fettle");

    await client.signal({ ref: { key: "x-0" }, signal: "count", ...who });
    await until("the sleeping worker is told", () => notified === 1);

    const flood = keys.map(async (key) => {
      const caller = new pg.Client({ connectionString: url });
      await caller.connect();
      for (let sent = 0; sent < 200; sent++)
        await caller.query(
          "select fettle.send_to(slot, machine, key, 'signal', 'count', null, 'test', '') from fettle.instance where key = $1",
          [key],
        );
      await caller.end();
    });
    await Promise.all(flood);

    await until("every signal is taken", async () => (await taken(url)) === 1601);
    assert.ok(notified < 800, `${notified} of 1,601 signals were notified`);
    await until("the worker sleeps again", async () => (await isAsleep()) === true);

    const before = notified;
    await client.signal({ ref: { key: "x-0" }, signal: "count", ...who });
    await until("the sleeping worker is told again", () => notified === before + 1);
    await until("it takes the signal", async () => (await taken(url)) === 1602);
    await listener.end();
  });
});

async function taken(url: string): Promise<number> {
  const rows = await statement<{ taken: number }>(url, "select sum((data::jsonb ->> 'taken')::int)::int as taken from fettle.instance");
  return rows[0]?.taken ?? 0;
}
