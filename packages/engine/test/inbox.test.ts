import { test } from "node:test";
import { z } from "zod";
import { createClient, machine, none, startWorker } from "../src/index.ts";
import { overEveryStore, until } from "./stores.ts";

const who = { by: "test", why: "" };

overEveryStore("the inbox", (open) => {
  test("keeps nothing for a run that is done", async () => {
    const child = machine({
      name: "child",
      data: z.object({}),
      signals: { end: none },
      start: "a",
      transitions: { a: [] },
      states: { a: async (it) => (it.take("end") ? it.done() : it.wait("1h", {})) },
    });
    const parent = machine({
      name: "parent",
      data: z.object({}),
      start: "a",
      transitions: { a: [] },
      states: {
        async a(it) {
          it.spawn(child, { key: `child of ${it.key}`, input: {} });
          return it.done();
        },
      },
    });
    await using store = await open();
    await using _worker = await startWorker({ store, machines: [parent, child], log: () => {} });
    const client = createClient({ store, machines: [parent, child] });
    await client.start({ machine: "parent", key: "x", input: {}, ...who });
    await until("the parent is done", async () => (await client.list({ status: "done" })).total === 1);
    await client.signal({ ref: { key: "child of x" }, signal: "end", ...who });
    await until("the child is done", async () => (await client.list({ status: "done" })).total === 2);
    await until("the inbox is empty", async () => (await store.reads.query("select from fettle.inbox", [])).length === 0, 10_000);
  });

  test("keeps nothing of what was sent to a run that ended without taking it", async () => {
    const one = machine({
      name: "one",
      data: z.object({}),
      signals: { end: none },
      start: "a",
      transitions: { a: [] },
      states: { a: async (it) => (it.take("end") ? it.done() : it.wait("1h", {})) },
    });
    await using store = await open();
    const client = createClient({ store, machines: [one] });
    await client.start({ machine: "one", key: "x", input: {}, ...who });
    for (let n = 0; n < 20; n++) await client.signal({ ref: { key: "x" }, signal: "end", ...who });
    await using _worker = await startWorker({ store, machines: [one], log: () => {} });
    await until("it is done", async () => (await client.list({ status: "done" })).total === 1);
    await until("the inbox is empty", async () => (await store.reads.query("select from fettle.inbox", [])).length === 0, 10_000);
  });
});
