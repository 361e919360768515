import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { createClient, machine, startWorker } from "../src/index.ts";
import { overEveryStore, until } from "./stores.ts";

overEveryStore("a handler that never comes back", (open) => {
  test("has one attempt in its process, and is stuck and named half a minute after its timeout", async () => {
    let attempts = 0;
    const deaf = machine({
      name: "deaf",
      data: z.object({}),
      start: "hanging",
      transitions: { hanging: [] },
      policy: { hanging: { timeout: "100ms" } },
      states: {
        async hanging(it) {
          if (it.key === "well") return it.done();
          attempts++;
          return new Promise<never>(() => {});
        },
      },
    });
    await using store = await open();
    await using _worker = await startWorker({ store, machines: [deaf], log: () => {} });
    const client = createClient({ store, machines: [deaf] });
    const start = (key: string) => client.start({ machine: "deaf", key, input: {}, by: "test", why: "" });
    await start("x");
    await until("x is stuck", async () => (await client.show({ key: "x" })).status === "stuck");
    const { error } = await client.show({ key: "x" });
    assert.equal(error?.code, "HANDLER_DEAF");
    assert.match(error?.message ?? "", /hanging of deaf x still runs/);
    assert.equal(attempts, 1);
    await start("well");
    await until("another is done", async () => (await client.show({ key: "well" })).status === "done");
  });
});
