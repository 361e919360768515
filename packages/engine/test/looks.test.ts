import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { createClient, machine, openStore, startWorker } from "../src/index.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";
import { until } from "./stores.ts";

const who = { by: "test", why: "" };
let server: PostgresServer;
before(async () => {
  server = await startPostgres();
});
after(async () => {
  await server[Symbol.asyncDispose]();
});

test("a thing that is looked at again and again writes nothing, or no history where it notes what it saw", async () => {
  const looks = { quietly: 0, noting: 0 };
  const watcher = machine({
    name: "watcher",
    data: z.object({ looks: z.number() }),
    start: "watching",
    transitions: { watching: [] },
    states: {
      async watching(it) {
        looks[it.key as keyof typeof looks]++;
        return it.key === "quietly" ? it.wait("1ms") : it.wait("1ms", { looks: it.data.looks + 1 });
      },
    },
  });
  const url = await server.database();
  await using store = await openStore({ url });
  const client = createClient({ store, machines: [watcher] });
  await using _worker = await startWorker({ store, machines: [watcher], log: () => {} });
  const start = (key: string) => client.start({ machine: "watcher", key, input: { looks: 0 }, ...who });
  const written = async () =>
    (await store.reads.query<{ at: number }>("select (pg_current_wal_insert_lsn() - '0/0')::float8 as at", []))[0]?.at ?? 0;
  await start("quietly");
  await until("it has settled", () => looks.quietly > 100);
  const [before, seen] = [await written(), looks.quietly];
  await until("it has looked 1,000 times more", () => looks.quietly > seen + 1000);
  const bytesEach = ((await written()) - before) / 1000;
  assert.ok(bytesEach < 60, `${bytesEach} bytes a look`);
  await start("noting");
  await until("the other has looked 200 times", () => looks.noting > 200);
  for (const key of Object.keys(looks))
    assert.deepEqual(
      (await client.history({ key })).map(({ kind }) => kind),
      ["started"],
    );
});
