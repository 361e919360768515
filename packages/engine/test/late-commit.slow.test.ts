import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { createClient, machine, openStore, startWorker } from "../src/index.ts";
import { complaints } from "./checker.ts";
import { type PostgresServer, startPostgres, statement } from "./postgres-server.ts";
import { until } from "./stores.ts";
import { type Fault, type Sent, startWireProxy } from "./wire-proxy.ts";

const who = { by: "test", why: "" };
let server: PostgresServer;
before(async () => {
  server = await startPostgres();
});
after(async () => {
  await server[Symbol.asyncDispose]();
});

test("a commit that the network kept back until its worker had given it up and gone on changes nothing when it comes", async () => {
  assert.equal(await attemptsWithFault("before"), 2);
});

test("a commit whose answer never came is found to have happened, and the handler does not run again", async () => {
  assert.equal(await attemptsWithFault("after"), 1);
});

/** Keeps the first commit of x back until x has come to its end without it, then lets it go. Returns how often the handler ran. */
async function attemptsWithFault(when: Fault["when"]): Promise<number> {
  const isOver = Promise.withResolvers<"go on">();
  let attempts = 0;
  let isKept = false;
  const keepBack = ({ text }: Sent): Fault | undefined => {
    if (isKept || attempts === 0 || !text.includes("update fettle.instance i set")) return undefined;
    isKept = true;
    return { when, act: () => isOver.promise };
  };
  const walk = machine({
    name: "walk",
    data: z.object({ moves: z.number() }),
    start: "a",
    transitions: { a: ["b"], b: ["c"], c: [] },
    states: {
      async a(it) {
        attempts++;
        return it.to("b", { moves: it.data.moves + 1 });
      },
      b: async (it) => it.to("c", { moves: it.data.moves + 1 }),
      c: async (it) => it.done(),
    },
  });
  const url = await server.database();
  await using proxy = await startWireProxy(server.port, keepBack);
  await using store = await openStore({ url: proxy.url(url) });
  await using _worker = await startWorker({ store, machines: [walk], log: () => {} });
  const client = createClient({ store, machines: [walk] });
  await client.start({ machine: "walk", key: "x", input: { moves: 0 }, ...who });
  await until("x is done without it", async () => (await client.show({ key: "x" })).status === "done");
  assert.ok(isKept);

  const backends = async () => (await statement(url, "select from pg_stat_activity where datname = current_database()")).length;
  const before = await backends();
  isOver.resolve("go on");
  // Where only the answer was kept back, Postgres had done with the connection long since.
  if (when === "before") await until("it has come, and its connection has ended", async () => (await backends()) < before);
  assert.deepEqual((await client.show({ key: "x" })).data, { moves: 2 });
  assert.deepEqual(await complaints(url), []);
  return attempts;
}
