import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { z } from "zod";
import { createClient, FettleError, machine, none, openStore, type Store, startWorker } from "../src/index.ts";
import type { Session, Statement } from "../src/store/session.ts";
import { type PostgresServer, startPostgres, statement } from "./postgres-server.ts";
import { overEveryStore, until } from "./stores.ts";

const who = { by: "test", why: "" };

overEveryStore("a store", (open) => {
  for (const fate of ["committed", "not committed"] as const) {
    test(`a commit whose answer was lost and which was ${fate} is looked up, not repeated`, async () => {
      await using store = await open();
      const lossy = losingAnswers(store, fate);
      let attempts = 0;
      const walk = machine({
        name: "walk",
        data: z.object({ moves: z.number() }),
        start: "a",
        transitions: { a: ["b"], b: ["c"], c: [] },
        states: {
          async a(it) {
            attempts++;
            if (attempts === 1) lossy.loseNext();
            return it.to("b", { moves: it.data.moves + 1 });
          },
          b: async (it) => it.to("c", { moves: it.data.moves + 1 }),
          c: async (it) => it.done(),
        },
      });
      await using _worker = await startWorker({ store: lossy.store, machines: [walk], log: () => {} });
      const client = createClient({ store, machines: [walk] });
      await client.start({ machine: "walk", key: "x", input: { moves: 0 }, ...who });
      await until("x is done", async () => (await client.show({ key: "x" })).status === "done");
      assert.deepEqual((await client.show({ key: "x" })).data, { moves: 2 });
      assert.deepEqual(
        (await client.history({ key: "x" })).map((entry) => entry.kind),
        ["done", "moved", "moved", "started"],
      );
      assert.equal(attempts, fate === "committed" ? 1 : 2);
    });
  }

  test("a statement after the store was closed fails at once", async () => {
    const store = await open();
    await store[Symbol.asyncDispose]();
    await assert.rejects(store.reads.query("select 1", []), { code: "STORE_CLOSED" });
  });

  test("a worker whose store is closed under it ends, and says so", async () => {
    const store = await open();
    const log: string[] = [];
    const worker = await startWorker({ store, machines: [], log: (line) => void log.push(line) });
    await store[Symbol.asyncDispose]();
    await assert.rejects(worker.ended, { code: "STORE_CLOSED" });
    assert.match(log.join("\n"), /The worker has ended: The store is closed/);
  });

  test("a message is not forgotten when the answer of the commit that worked it in was lost", async () => {
    await using store = await open();
    const lossy = losingAnswers(store, "not committed");
    let hasLost = false;
    const sleeper = machine({
      name: "sleeper",
      data: z.object({ heard: z.boolean() }),
      signals: { wake: none },
      start: "asleep",
      transitions: { asleep: [] },
      states: {
        async asleep(it) {
          if (!it.take("wake")) return it.wait("1h", { heard: false });
          if (!hasLost) lossy.loseNext();
          hasLost = true;
          return it.done();
        },
      },
    });
    await using _worker = await startWorker({ store: lossy.store, machines: [sleeper], log: () => {} });
    const client = createClient({ store, machines: [sleeper] });
    await client.start({ machine: "sleeper", key: "x", input: { heard: true }, ...who });
    await until("x sleeps", async () => ((await client.show({ key: "x" })).data as { heard: boolean }).heard === false);
    await client.signal({ ref: { key: "x" }, signal: "wake", ...who });
    await until("x is done", async () => (await client.show({ key: "x" })).status === "done");
  });

  for (const lost of ["taking ranges", "reading their schedules"] as const) {
    test(`no range is stranded when the answer to ${lost} was lost`, async () => {
      await using store = await open();
      const isAsked = (text: string) =>
        lost === "taking ranges" ? text.includes("update fettle.lease l set owner") : text.includes("status = 'running'");
      let hasLost = false;
      const losing = <Row>(text: string, rows: Row[]): Row[] => {
        if (hasLost || !isAsked(text)) return rows;
        hasLost = true;
        throw new FettleError("STORE_AWAY", "The answer was lost");
      };
      const reads: Session = {
        ...store.reads,
        query: async (text, values) => losing(text, await store.reads.query(text, values)),
        run: async (statement, values) => losing(statement.text, await store.reads.run(statement, values)),
      };
      const quick = machine({
        name: "quick",
        data: z.object({}),
        start: "a",
        transitions: { a: [] },
        states: { a: async (it) => it.done() },
      });
      const client = createClient({ store, machines: [quick] });
      for (let number = 0; number < 200; number++) await client.start({ machine: "quick", key: `k${number}`, input: {}, ...who });
      await using _worker = await startWorker({ store: { ...store, reads }, machines: [quick], log: () => {} });
      await until("all are done", async () => (await client.list({ status: "done" })).total === 200, 15_000);
      assert.ok(hasLost);
    });
  }

  test("one change that the database refuses does not take its batch with it", async () => {
    await using store = await open();
    await store.reads.query(
      "alter table fettle.history add constraint nobody check (instance % 2 <> 0 or kind <> 'moved' or to_state <> 'b' or attempt > 1)",
    );
    const walk = machine({
      name: "walk",
      data: z.object({}),
      start: "a",
      transitions: { a: ["b"], b: [] },
      policy: { a: { retry: { attempts: 3, first: "10ms" } } },
      states: { a: async (it) => it.to("b"), b: async (it) => it.done() },
    });
    const client = createClient({ store, machines: [walk] });
    const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
    for (const key of keys) await client.start({ machine: "walk", key, input: {}, ...who });
    await using _worker = await startWorker({ store, machines: [walk], log: () => {} });
    await until("all are done", async () => (await client.list({ status: "done" })).total === keys.length);
    const failed = (await Promise.all(keys.map((key) => client.history({ key })))).flat().filter((entry) => entry.kind === "failed");
    assert.ok(failed.length > 0 && failed.length < keys.length, `${failed.length} were refused once`);
    assert.equal(failed[0]?.error?.code, "SQL_23514");
  });
});

describe("the schema", () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  test("is made once when many start at once", async () => {
    const url = await server.database();
    const stores = await Promise.all(Array.from({ length: 6 }, () => openStore({ url })));
    for (const store of stores) await store[Symbol.asyncDispose]();
    assert.deepEqual(await statement(url, "select version from fettle.migration"), [{ version: 1 }]);
    assert.deepEqual(await statement(url, "select count(*)::int as ranges from fettle.lease"), [{ ranges: 64 }]);
  });

  test("of a newer fettle is refused before anything is touched", async () => {
    const url = await server.database();
    await (await openStore({ url }))[Symbol.asyncDispose]();
    await statement(url, "insert into fettle.migration (version) values (2)");
    await assert.rejects(openStore({ url }), { code: "SCHEMA_TOO_NEW" });
  });

  test("a database of another encoding than UTF-8 is refused before anything is touched", async () => {
    await statement(server.url("postgres"), "create database latin encoding 'LATIN1' template template0");
    const url = server.url("latin");
    await assert.rejects(openStore({ url }), { code: "STORE_NOT_UTF8" });
    assert.deepEqual(await statement(url, "select from pg_namespace where nspname = 'fettle'"), []);
  });

  test("a store that does not answer is said to be away", async () => {
    await assert.rejects(openStore({ url: "postgres://nobody@127.0.0.1:1/nothing" }), { code: "STORE_AWAY" });
  });
});

describe("the folder of the embedded store", () => {
  test("is held by one process, and free again when that one is killed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fettle-test-"));
    const engine = new URL("../src/index.ts", import.meta.url).href;
    const script = `const { openStore } = await import(${JSON.stringify(engine)}); await openStore({ folder: process.argv[1] }); console.log("open"); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ["--input-type=module", "-e", script, folder], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(holder.stdout, "data");
      await assert.rejects(
        openStore({ folder }),
        (error: FettleError) => error.code === "STORE_HELD" && error.message.includes(`pid ${holder.pid}`),
      );
      holder.kill("SIGKILL");
      await once(holder, "exit");
      await (await openStore({ folder }))[Symbol.asyncDispose]();
    } finally {
      holder.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** A store that, once asked, loses the answer of its next commit, which did happen or did not. */
function losingAnswers(store: Store, fate: "committed" | "not committed"): { store: Store; loseNext(): void } {
  let loses = false;
  const wrap = (lane: Session): Session => ({
    ...lane,
    async run<Row>(hot: Statement, values: readonly unknown[]) {
      if (!loses) return lane.run<Row>(hot, values);
      loses = false;
      if (fate === "committed") await lane.run<Row>(hot, values);
      throw new FettleError("STORE_AWAY", "The answer was lost");
    },
  });
  return {
    store: { ...store, lanes: [wrap(store.lanes[0]), wrap(store.lanes[1])] },
    loseNext() {
      loses = true;
    },
  };
}
