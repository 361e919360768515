import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { createClient, machine, openStore, startWorker } from "../src/index.ts";
import { type PostgresServer, startPostgres, statement } from "./postgres-server.ts";
import { numbered, startMany } from "./start-many.ts";
import { until } from "./stores.ts";

const nothing = z.object({});
let server: PostgresServer;
before(async () => {
  server = await startPostgres();
});
after(async () => {
  await server[Symbol.asyncDispose]();
});

test("of a batch in which one cannot be written or is too large, only that one fails, with what to do", async () => {
  const gate = Promise.withResolvers<void>();
  let waiting = 0;
  const teller = machine({
    name: "teller",
    data: nothing,
    start: "telling",
    transitions: { telling: [] },
    policy: { telling: { retry: { attempts: 2, first: "5ms" } } },
    states: {
      async telling(it) {
        waiting++;
        await gate.promise;
        if (it.key === "teller 20") it.page({ severity: "info", say: "holds a \u0000 zero" });
        if (it.key === "teller 40") it.send({ machine: "teller", key: "\u0000" }, "go");
        if (it.key === "teller 60") return it.done("x".repeat(2_000_000));
        return it.done();
      },
    },
  });
  const url = await server.database();
  await using store = await openStore({ url });
  const client = createClient({ store, machines: [teller] });
  await startMany(store, teller, numbered("teller", 100), {});
  // What nobody foresaw, and only the database refuses.
  await statement(url, "alter table fettle.history add constraint nobody check (instance >> 12 <> 81 or kind <> 'done')");
  await using _worker = await startWorker({ store, machines: [teller], log: () => {} });
  await until("all are in one batch", () => waiting === 100);
  gate.resolve();
  await until("the rest is done", async () => (await client.list({ status: "done" })).total === 96);
  await until("the culprits are stuck", async () => (await client.list({ status: "stuck" })).total === 4);
  const errors = (await client.list({ status: "stuck" })).instances.map(({ key, error }) => [key, error?.code, error?.fix !== undefined]);
  assert.deepEqual(errors.sort(), [
    ["teller 20", "NOT_JSON", true],
    ["teller 40", "BAD_KEY", true],
    ["teller 60", "NOT_JSON", true],
    ["teller 80", "SQL_23514", true],
  ]);
});
