import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { type Client, createClient, examine, openStore, type Store, startWorker } from "../src/index.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";
import { left, machines } from "./stored/machines.ts";
import { until } from "./stores.ts";

const folder = join(import.meta.dirname, "../fixtures/stored");
const who = { by: "ana", why: "because" };
const temporary: string[] = [];
let server: PostgresServer;

before(async () => {
  server = await startPostgres();
});
after(async () => {
  await server[Symbol.asyncDispose]();
  for (const each of temporary) await rm(each, { recursive: true, force: true });
});

for (const file of await readdir(folder)) {
  describe(`a store that ${file.replace(".sql", "")} has left`, () => {
    test("is what this fettle makes, once it is opened, and all goes on in it, on Postgres", async () => {
      const url = await server.database();
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(await readFile(join(folder, file), "utf8"));
      await client.end();
      await assertGoesOn(await openStore({ url }));
    });

    test("is what this fettle makes, once it is opened, and all goes on in it, on the embedded store", async () => {
      const embedded = await mkdtemp(join(tmpdir(), "fettle-stored-"));
      temporary.push(embedded);
      const database = await PGlite.create(join(embedded, "store"));
      await database.exec(await readFile(join(folder, file), "utf8"));
      await database.close();
      await assertGoesOn(await openStore({ folder: embedded }));
    });
  });
}

async function assertGoesOn(store: Store): Promise<void> {
  await using _store = store;
  const client = createClient({ store, machines });
  const schema = (await examine(store)).find(({ check }) => check === "schema");
  assert.equal(schema?.verdict, "ok", schema?.say ?? "nobody looked at it");
  assert.deepEqual(await client.check(), []);
  assert.equal((await client.rules({ all: true })).length, 1);
  const story = await client.history({ key: "is-done" });
  assert.deepEqual(
    story.filter(({ kind }) => kind === "moved" || kind === "done").map((entry) => entry.from),
    ["failing", "alone", "meeting", "spawning", "asleep"],
  );
  assert.deepEqual((await client.show({ key: "is-alone" })).data, { heard: [1, 2, 3] });
  await using _worker = await startWorker({ store, machines, log: () => undefined });
  for (const key of left) await leadToItsEnd(client, key);
  await until("its page is resolved", async () => (await client.pages({})).length === 0);
}

/** Gives an instance what it needs in each of its states, once. */
async function leadToItsEnd(client: Client, key: string): Promise<void> {
  const led = new Set<string>();
  await until(`${key} is done`, async () => {
    const { state, status, children } = await client.show({ key });
    const isNew = !led.has(state) && (state !== "failing" || status === "stuck");
    if (status === "done" || !isNew) return status === "done";
    const [child] = children;
    const target = state === "meeting" ? child?.key : key;
    if (target === undefined || (state === "meeting" && child?.status === "done")) return false;
    led.add(state);
    await client.signal({ ref: { key: target }, signal: "go", ...who });
    if (status === "stuck") await client.retry({ key }, who);
    return false;
  });
}
