import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { createClient, machine, none, openStore, startWorker } from "../src/index.ts";
import { program, startPgbouncer } from "./pgbouncer.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";
import { until } from "./stores.ts";
import { startWireProxy } from "./wire-proxy.ts";

const who = { by: "test", why: "" };
const sleeper = machine({
  name: "sleeper",
  data: z.object({}),
  signals: { wake: none },
  start: "sleeping",
  transitions: { sleeping: [] },
  states: { sleeping: async (it) => (it.take("wake") ? it.done() : it.wait("1h", {})) },
});
const says = /Notifications do not come through, as behind a pooler/;

let server: PostgresServer;
before(async () => {
  server = await startPostgres();
});
after(async () => {
  await server[Symbol.asyncDispose]();
});

test("behind pgbouncer in transaction mode a worker says that it hears nothing, and works by polling", {
  skip: program ? false : "pgbouncer is not on this machine: script/bootstrap installs it where there is apt",
}, async () => {
  const url = await server.database();
  await using pooler = await startPgbouncer(server.port);
  await works(url, pooler.url(url));
});

test("when every notification is lost, what others start and send is late by a poll at most", async () => {
  const url = await server.database();
  await using proxy = await startWireProxy(server.port, () => undefined);
  proxy.swallowNotifications();
  await works(url, proxy.url(url));
  assert.ok(proxy.swallowed >= 3, `${proxy.swallowed} notifications were swallowed`);
});

/** The worker is behind what swallows notifications, the caller is not. A second worker on `direct` has nothing to complain of. */
async function works(direct: string, swallowing: string): Promise<void> {
  const logs = { direct: [] as string[], swallowing: [] as string[] };
  await using hearing = await openStore({ url: direct });
  const client = createClient({ store: hearing, machines: [sleeper] });
  const first = await startWorker({ store: hearing, machines: [sleeper], log: (line) => void logs.direct.push(line) });
  {
    await using store = await openStore({ url: swallowing });
    await using worker = await startWorker({ store, machines: [sleeper], log: (line) => void logs.swallowing.push(line) });
    await until("the deaf one says so", () => logs.swallowing.length > 0);
    assert.match(logs.swallowing.join("\n"), says);
    await first[Symbol.asyncDispose]();
    await until("it has every range", async () => (await client.workers()).find(({ id }) => id === worker.id)?.slots === 4096);
    await client.start({ machine: "sleeper", key: "x", input: {}, ...who });
    await until("x sleeps", async () => Date.parse((await client.show({ key: "x" })).due ?? "") > Date.now() + 60_000);
    const sent = performance.now();
    await client.signal({ ref: { key: "x" }, signal: "wake", ...who });
    await until("x is done", async () => (await client.show({ key: "x" })).status === "done");
    // A poll is a second; the rest is what a loaded machine takes.
    assert.ok(performance.now() - sent < 5000, `${performance.now() - sent} ms`);
  }
  assert.deepEqual(logs.direct, []);
  assert.equal(logs.swallowing.length, 1);
}
