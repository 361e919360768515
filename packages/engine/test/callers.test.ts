import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import pg from "pg";
import { z } from "zod";
import { createClient, machine, none, openStore, startWorker } from "../src/index.ts";
import { slotOf } from "../src/store/slot.ts";
import { type PostgresServer, startPostgres, statement } from "./postgres-server.ts";
import { overEveryStore, until } from "./stores.ts";

const who = { by: "test", why: "" };
const repair = machine({
  name: "repair",
  version: 2,
  data: z.object({ host: z.string(), tries: z.number().default(3) }),
  signals: { go: none, prefer: z.object({ candidate: z.string() }) },
  start: "waiting",
  transitions: { waiting: ["over"], over: [] },
  deadlines: [{ reach: "over", within: "1h", page: { severity: "critical", say: "it is late" } }],
  states: {
    async waiting(it) {
      const prefer = it.take("prefer");
      if (prefer) return it.to("over", { host: prefer.candidate });
      return it.take("go") ? it.to("over") : it.wait("1h");
    },
    over: async (it) => it.done(it.data),
  },
});

overEveryStore("a caller in SQL", (open) => {
  test("starts and signals what a worker has registered, with its deadlines", async () => {
    await using store = await open();
    await using _worker = await startWorker({ store, machines: [repair], log: () => {} });
    const client = createClient({ store, machines: [repair] });
    const [run] = await store.reads.query(
      `select fettle.start('repair', 'x', '{"host": "db-1"}', '{"region": "eu"}', why => 'disk full') as run`,
      [],
    );
    assert.deepEqual(run, { run: 1 });
    const seen = await client.show({ key: "x" });
    assert.deepEqual([seen.version, seen.labels, seen.deadlines.length], [2, { region: "eu" }, 1]);
    const [sent] = await store.reads.query(`select fettle.signal('repair', 'x', 'prefer', '{"candidate": "db-2"}') as sent`, []);
    assert.deepEqual(sent, { sent: true });
    await until("it is done", async () => (await client.show({ key: "x" })).status === "done");
    assert.deepEqual((await client.show({ key: "x" })).result, { host: "db-2", tries: 3 });
    assert.equal((await client.history({ key: "x" })).at(-1)?.why, "disk full");
    assert.deepEqual(await store.reads.query(`select fettle.signal('repair', 'x', 'go') as sent`, []), [{ sent: false }]);
  });

  test("is told with a code and a fix what is wrong, by the same words as any other caller", async () => {
    await using store = await open();
    await using _worker = await startWorker({ store, machines: [repair], log: () => {} });
    const ask = (text: string) => store.reads.query(`select ${text}`, []);
    await ask(`fettle.start('repair', 'x', '{"host": "db-1"}')`);
    for (const [text, code] of [
      ["fettle.start('gone', 'x')", "NO_SUCH_MACHINE"],
      ["fettle.start('repair', ' x')", "BAD_KEY"],
      ["fettle.start('repair', E'a\\nb')", "BAD_KEY"],
      ["fettle.start('repair', '')", "BAD_KEY"],
      ["fettle.start('repair', 'y', '[]')", "BAD_DATA"],
      ["fettle.start('repair', 'y', jsonb_build_object('host', repeat('x', 1048577)))", "BAD_DATA"],
      [`fettle.start('repair', 'y', labels => '{"a b": "c"}')`, "BAD_LABEL"],
      [`fettle.start('repair', 'y', labels => '{"a": 7}')`, "BAD_LABEL"],
      ["fettle.start('repair', 'y', if_running => 'maybe')", "USAGE"],
      ["fettle.start('repair', 'x')", "ALREADY_RUNNING"],
      ["fettle.signal('repair', 'x', 'gone')", "NO_SUCH_SIGNAL"],
      ["fettle.signal('gone', 'x', 'go')", "NO_SUCH_MACHINE"],
    ] as const) {
      await assert.rejects(ask(text), { code, fix: /./ }, text);
    }
    assert.deepEqual(await ask("fettle.start('repair', 'x', if_running => 'keep') as run"), [{ run: 1 }]);
  });

  test("with data that does not fit leaves an instance that is stuck and says so", async () => {
    await using store = await open();
    await using _worker = await startWorker({ store, machines: [repair], log: () => {} });
    const client = createClient({ store, machines: [repair] });
    await store.reads.query("select fettle.start('repair', 'x')", []);
    await until("it is stuck", async () => (await client.show({ key: "x" })).status === "stuck");
    assert.equal((await client.show({ key: "x" })).error?.code, "BAD_DATA");
  });

  test("finds the slot that the engine does", async () => {
    await using store = await open();
    const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((value) => value.isWellFormed() && !value.includes("\0"));
    await fc.assert(
      fc.asyncProperty(text, text, async (name, key) => {
        const [row] = await store.reads.query<{ slot: number }>("select fettle.slot_of($1, $2) as slot", [name, key]);
        assert.equal(row?.slot, slotOf(name, key));
      }),
    );
  });

  test("is refused at 10,000 messages that wait for one instance; its neighbours and a person are not", async () => {
    await using store = await open();
    const client = createClient({ store, machines: [repair] });
    await client.start({ machine: "repair", key: "x", input: { host: "db-1" }, ...who });
    await client.start({ machine: "repair", key: "y", input: { host: "db-1" }, ...who });
    await store.reads.query(
      `insert into fettle.inbox (slot, instance, run, kind, name, by, why)
       select slot, id, run, 'signal', 'go', 'test', '' from fettle.instance, generate_series(1, 9998) where key = 'x'`,
      [],
    );
    const send = (key: string) => client.signal({ ref: { key }, signal: "go", ...who });
    await send("x");
    await assert.rejects(send("x"), { code: "INBOX_FULL", fix: /fettle show x/ });
    await send("y");
    await client.retry({ key: "x" }, who);
  });
});

describe("a caller's transaction", () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  test("starts nothing when it is rolled back, and all when it commits", async () => {
    const url = await server.database();
    await using store = await openStore({ url });
    await using _worker = await startWorker({ store, machines: [repair], log: () => {} });
    const client = createClient({ store, machines: [repair] });
    await statement(url, "create table orders (id int)");
    const caller = new pg.Client({ connectionString: url });
    await caller.connect();
    for (const [key, end] of [
      ["x", "rollback"],
      ["y", "commit"],
    ]) {
      await caller.query("begin");
      await caller.query("insert into orders values (1)");
      await caller.query("select fettle.start('repair', $1, '{\"host\": \"db-1\"}')", [key]);
      await caller.query("select fettle.signal('repair', $1, 'go')", [key]);
      await caller.query(end as string);
    }
    await caller.end();
    await until("y is done", async () => (await client.show({ key: "y" })).status === "done");
    await assert.rejects(client.show({ key: "x" }), { code: "NO_SUCH_INSTANCE" });
    assert.equal((await statement(url, "select from orders")).length, 1);
  });

  test("of a worker of older code does not undo what a newer one has registered", async () => {
    const url = await server.database();
    await using store = await openStore({ url });
    const older = machine({
      name: "repair",
      data: z.object({}),
      start: "old",
      transitions: { old: [] },
      states: { old: async (it) => it.done() },
    });
    for (const machines of [[older], [repair], [older]]) {
      await using _worker = await startWorker({ store, machines, log: () => {} });
    }
    assert.deepEqual(await statement(url, "select version, start, signals from fettle.machine where name = 'repair'"), [
      { version: 2, start: "waiting", signals: ["go", "prefer"] },
    ]);
  });
});
