import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { createClient, machine, startWorker } from "../src/index.ts";
import { overEveryStore, until } from "./stores.ts";

const who = { by: "test", why: "" };
const data = z.object({ moves: z.number() });
const pages: string[] = [];
const pager = async (page: { say: string }) => void pages.push(page.say);

overEveryStore("old and new workers side by side", (open) => {
  test("go on with what each knows; what only the new one knows waits for it, and is not stuck", async () => {
    pages.length = 0;
    const old = machine({
      name: "grown",
      version: 1,
      data,
      start: "a",
      transitions: { a: ["b"], b: [] },
      states: {
        a: async (it) => it.to("b", { moves: it.data.moves + 1 }),
        b: async (it) => it.done(1),
      },
    });
    const grown = machine({
      name: "grown",
      version: 2,
      data,
      start: "a",
      transitions: { a: ["between"], between: ["b"], b: [] },
      states: {
        a: async (it) => it.to("between", { moves: it.data.moves + 1 }),
        between: async (it) => it.to("b", { moves: it.data.moves + 1 }),
        b: async (it) => it.done(2),
      },
    });
    const plain = machine({ name: "plain", data, start: "a", transitions: { a: [] }, states: { a: async (it) => it.done() } });
    await using store = await open();
    const log: string[] = [];
    const older = await startWorker({ store, machines: [old, plain], pager, log: (line) => void log.push(line) });
    await using _newer = await startWorker({ store, machines: [grown, plain], pager, log: () => {} });
    const [before, after] = [createClient({ store, machines: [old, plain] }), createClient({ store, machines: [grown, plain] })];
    await until("each has half", async () => (await after.workers()).map(({ slots }) => slots).join() === "2048,2048");
    for (let number = 0; number < 40; number++) {
      await before.start({ machine: "grown", key: `old ${number}`, input: { moves: 0 }, ...who });
      await after.start({ machine: "grown", key: `new ${number}`, input: { moves: 0 }, ...who });
      await after.start({ machine: "plain", key: `plain ${number}`, input: { moves: 0 }, ...who });
    }
    const running = async () => (await after.list({ status: "running", limit: 200 })).instances;
    const newWaits = async () => (await running()).every(({ key, machine }) => machine === "grown" && key.startsWith("new"));
    await until("nothing is left but what the old one does not know", newWaits);
    await until("the old one says what it leaves alone", () => log.some((line) => /grown version 2 are left alone/.test(line)));
    const left = await running();
    assert.ok(left.length > 0 && left.length < 40, `${left.length} of 40 are in the ranges of the old one`);
    assert.deepEqual(await after.attention(), []);
    await older[Symbol.asyncDispose]();
    await until("all are done", async () => (await after.list({ status: "done" })).total === 120);
    assert.deepEqual(pages, []);
  });
});
