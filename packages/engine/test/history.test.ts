import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { z } from "zod";
import { createClient, machine, openStore, type Store, startWorker } from "../src/index.ts";
import { keepHistory } from "../src/store/keep-history.ts";
import { startPostgres } from "./postgres-server.ts";
import { overEveryStore, until } from "./stores.ts";

const who = { by: "test", why: "" };
const day = 86_400_000;
const quick = machine({
  name: "quick",
  data: z.object({}),
  start: "a",
  transitions: { a: [] },
  states: { a: async (it) => it.done() },
});

overEveryStore("history", (open) => {
  test("older than is kept goes by the week, and the rest stays", async () => {
    await using store = await open();
    const client = createClient({ store, machines: [quick] });
    await client.start({ machine: "quick", key: "x", input: {}, ...who });
    await addOldWeek(store);
    assert.deepEqual((await client.history({ key: "x" })).length, 2);
    await keepHistory(store.reads, 90 * day);
    assert.deepEqual(
      (await client.history({ key: "x" })).map(({ why }) => why),
      [""],
    );
    assert.equal(await weeks(store, "2020"), 0);
    assert.ok((await weeks(store, "20")) >= 10);
    await keepHistory(store.reads, 90 * day);
  });

  test("has room for weeks to come, which a worker makes by itself", async () => {
    await using store = await open();
    const [last] = await store.reads.query<{ name: string }>(
      "select max(relname)::text as name from pg_class where relname ~ '^history_[0-9]{8}$'",
      [],
    );
    await store.reads.query(`drop table fettle.${last?.name}`);
    await addOldWeek(store);
    await using _worker = await startWorker({ store, machines: [quick], log: () => {} });
    await until("the last week is back and the old one gone", async () => (await weeks(store, (last?.name ?? "").slice(8))) === 1);
    await until("the old one is gone", async () => (await weeks(store, "2020")) === 0);
  });
});

test("whoever reads history keeps what is old until it is done, and holds nobody up", async () => {
  await using server = await startPostgres();
  const url = await server.database();
  await using store = await openStore({ url });
  const client = createClient({ store, machines: [quick] });
  await client.start({ machine: "quick", key: "x", input: {}, ...who });
  await addOldWeek(store);
  const dump = new pg.Client({ connectionString: url });
  await dump.connect();
  await dump.query("begin isolation level repeatable read");
  await dump.query("select count(*) from fettle.history");
  const refused = assert.rejects(keepHistory(store.reads, 90 * day), { code: "SQL_55P03" });
  await client.start({ machine: "quick", key: "y", input: {}, ...who });
  await refused;
  assert.equal(await weeks(store, "2020"), 1);
  await dump.query("commit");
  await dump.end();
  await keepHistory(store.reads, 90 * day);
  assert.equal(await weeks(store, "2020"), 0);
});

/** A week that is long over, with an entry of the instance that is there. */
async function addOldWeek({ reads }: Store): Promise<void> {
  await reads.query("create table fettle.history_20200106 partition of fettle.history for values from ('2020-01-06Z') to ('2020-01-13Z')");
  await reads.query(
    `insert into fettle.history (slot, instance, run, step, at, kind, attempt, by, why)
     select slot, id, run, 0, '2020-01-07', 'started', 0, 'test', 'long ago' from fettle.instance`,
    [],
  );
}

async function weeks({ reads }: Store, like: string): Promise<number> {
  const [found] = await reads.query<{ n: number }>(
    "select count(*)::int as n from pg_class where relname like 'history_' || $1::text || '%' and relkind = 'r' and relname ~ '^history_[0-9]{8}$'",
    [like],
  );
  return found?.n ?? 0;
}
