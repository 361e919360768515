import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { z } from "zod";
import { createClient, machine, none, openStore, startWorker } from "../src/index.ts";
import { sendMessage } from "../src/store/send-message.ts";
import { generator } from "../src/testing/explore.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";
import { numbered, startMany } from "./start-many.ts";
import { until } from "./stores.ts";

const who = { by: "test", why: "" };
let server: PostgresServer;
before(async () => {
  server = await startPostgres();
});
after(async () => {
  await server[Symbol.asyncDispose]();
});

const instances = 100;
const rounds = 100;

test("a signal that comes while the handler runs is heard at once, whatever the handler answers: 10,000 random interleavings", async () => {
  const random = generator(26);
  const sending = new Map<string, Promise<unknown>>();
  const sleeper = machine({
    name: "sleeper",
    data: z.object({ round: z.number(), looks: z.number() }),
    signals: { wake: none },
    start: "sleeping",
    transitions: { sleeping: ["awake"], awake: ["sleeping"] },
    states: {
      async sleeping(it) {
        if (it.take("wake")) return it.to("awake");
        if (!sending.has(it.token))
          sending.set(
            it.token,
            pause(random() * 20).then(() => sendMessage(store.reads, wake(it.key))),
          );
        await pause(random() * 20);
        // The second is not written.
        return random() < 0.8 ? it.wait("1h", { looks: it.data.looks + 1 }) : it.wait("59s");
      },
      async awake(it) {
        if (it.data.round === rounds) return it.done();
        return it.to("sleeping", { round: it.data.round + 1 });
      },
    },
  });
  const wake = (key: string) => ({ machine: "sleeper", key, kind: "signal", name: "wake", payload: null, ...who }) as const;
  await using store = await openStore({ url: await server.database() });
  const client = createClient({ store, machines: [sleeper] });
  await startMany(store, sleeper, numbered("sleeper", instances), { round: 1, looks: 0 });
  await using _worker = await startWorker({ store, machines: [sleeper], log: () => {} });
  await until("all have heard", async () => (await client.list({ status: "done" })).total === instances);
  await Promise.all(sending.values());
  const [took] = await store.reads.query<{ count: number }>("select count(*)::int as count from fettle.history where kind = 'took'", []);
  assert.deepEqual([sending.size, took?.count], [instances * rounds, instances * rounds]);
});

/** Also no time at all, a turn of the microtasks, and a turn of the event loop. */
async function pause(ms: number): Promise<void> {
  if (ms < 1) return;
  if (ms < 2) return turn();
  await sleep(ms - 2);
}
