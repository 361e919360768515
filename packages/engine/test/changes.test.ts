import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { z } from "zod";
import { type Client, createClient, machine, openStore, type Store, startWorker } from "../src/index.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

const still = machine({
  name: "still",
  data: z.object({}),
  start: "a",
  transitions: { a: [] },
  states: { a: async (it) => it.stuck("for the test") },
});

describe("what is committed is told to who looks on", () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  test("though its transaction ended after one that began later", async () => {
    await using world = await open(server);
    const { last } = await world.client.changes();
    await using early = await world.transaction("early");
    await using late = await world.transaction("late");
    await late.end("commit");
    const first = await world.client.changes(last);
    assert.deepEqual(keys(first), ["late"]);
    await early.end("commit");
    const second = await world.client.changes(first.last);
    assert.deepEqual(keys(second), ["early"]);
    assert.deepEqual(keys(await world.client.changes(second.last)), []);
  });

  test("though its transaction had begun before the looking did", async () => {
    await using world = await open(server);
    await using early = await world.transaction("early");
    const { last } = await world.client.changes();
    await early.end("commit");
    assert.deepEqual(keys(await world.client.changes(last)), ["early"]);
  });

  test("once each, however the transactions end and whoever reads in between", async () => {
    await using world = await open(server);
    let { last } = await world.client.changes();
    const told: string[] = [];
    const look = async () => {
      const changes = await world.client.changes(last);
      last = changes.last;
      told.push(...keys(changes));
    };
    await using a = await world.transaction("a", "a2");
    await using b = await world.transaction("b");
    await using c = await world.transaction("c");
    await using d = await world.transaction("d");
    await c.end("commit");
    await look();
    await b.end("rollback");
    await look();
    await d.end("commit");
    await look();
    await a.end("commit");
    await look();
    await look();
    assert.deepEqual(told, ["c", "d", "a", "a2"]);
  });

  test("what was rolled back is not looked for any more, once all is over that ran then", async () => {
    await using world = await open(server);
    const { last } = await world.client.changes();
    await using lost = await world.transaction("lost");
    await using kept = await world.transaction("kept");
    await kept.end("commit");
    const first = await world.client.changes(last);
    await lost.end("rollback");
    const second = await world.client.changes(first.last);
    assert.match(first.last, /^\d+_/);
    assert.match(second.last, /^\d+$/);
  });

  test("once each, when one transaction has more of them than one answer", async () => {
    await using world = await open(server);
    const { last } = await world.client.changes();
    const names = Array.from({ length: 1200 }, (_, index) => `early-${index}`);
    await using early = await world.transaction(...names);
    await using late = await world.transaction("late");
    await late.end("commit");
    const first = await world.client.changes(last);
    await early.end("commit");
    assert.deepEqual(keys(await readAll(world.client, first.last)), names);
  });

  test("once each, between more ids that were never used than a cursor holds", async () => {
    await using world = await open(server);
    const { last } = await world.client.changes();
    const names = Array.from({ length: 70 }, (_, index) => `x-${index}`);
    await using caller = await world.transaction();
    for (const name of names) {
      await world.client.start({ machine: "still", key: name, input: {}, by: "test", why: "" });
      await caller.query("select nextval('fettle.history_id')");
    }
    const all = await readAll(world.client, last);
    assert.deepEqual(keys(all), names);
    assert.ok(all.last.length < 4000);
    await caller.end("rollback");
    assert.match((await world.client.changes(all.last)).last, /^\d+$/);
  });

  test("only after what was answered before", async () => {
    await using world = await open(server);
    for (const after of ["", "x", "-1", "1_2", "1_2-3", "99999999999999999"]) {
      await assert.rejects(world.client.changes(after), { code: "USAGE", fix: /./ }, after);
    }
  });
});

async function readAll(client: Client, from: string) {
  const entries = [];
  for (let after = from; ; ) {
    const changes = await client.changes(after);
    if (changes.entries.length === 0) return { entries, last: changes.last };
    assert.ok(changes.entries.length <= 1000);
    entries.push(...changes.entries);
    after = changes.last;
  }
}

const keys = ({ entries }: Pick<Awaited<ReturnType<Client["changes"]>>, "entries">) =>
  entries.filter(({ kind }) => kind === "started").map(({ key }) => key);

/** A store, whose machine is registered, with callers that start instances inside transactions of their own. */
async function open(server: PostgresServer) {
  const url = await server.database();
  const store: Store = await openStore({ url });
  const worker = await startWorker({ store, machines: [still], log: () => {} });
  await worker[Symbol.asyncDispose]();
  return {
    client: createClient({ store, machines: [still] }),
    async transaction(...started: string[]) {
      const caller = new pg.Client({ connectionString: url });
      await caller.connect();
      await caller.query("begin");
      for (const key of started) await caller.query("select fettle.start('still', $1, '{}')", [key]);
      return {
        query: (text: string) => caller.query(text),
        end: (how: "commit" | "rollback") => caller.query(how),
        [Symbol.asyncDispose]: () => caller.end(),
      };
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
