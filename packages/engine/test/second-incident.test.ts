import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { createClient, machine, none, startWorker } from "../src/index.ts";
import { overEveryStore, until } from "./stores.ts";

const who = { by: "test", why: "" };

overEveryStore("a second incident on the same key", (open) => {
  test("is a new run with tokens of its own, hears no signal of the first, and keeps its history apart", async () => {
    const tokens: string[] = [];
    const incident = machine({
      name: "incident",
      data: z.object({ moves: z.number() }),
      signals: { go: none, noise: none },
      start: "looking",
      transitions: { looking: ["mending"], mending: [] },
      deadlines: [{ in: ["looking"], reach: "mending", within: "10m", page: { severity: "warning", say: "it is late" } }],
      states: {
        async looking(it) {
          if (it.take("noise") && it.run > 1) return it.stuck("it heard a signal of the first run");
          if (!it.take("go")) return it.wait("1h", {});
          tokens.push(it.token);
          return it.to("mending", { moves: it.data.moves + 1 });
        },
        async mending(it) {
          tokens.push(it.token);
          return it.done(it.run);
        },
      },
    });
    await using store = await open();
    const client = createClient({ store, machines: [incident] });
    const ref = { key: "prod-1" };
    const start = () => client.start({ machine: "incident", key: "prod-1", input: { moves: 0 }, ...who });
    {
      await using _worker = await startWorker({ store, machines: [incident], log: () => {} });
      await start();
      await client.signal({ ref, signal: "go", ...who });
      await until("the first is done", async () => (await client.show(ref)).status === "done");
    }
    await assert.rejects(client.signal({ ref, signal: "noise", ...who }), { code: "NOT_RUNNING" });
    assert.equal((await start()).run, 2);
    await client.signal({ ref, signal: "go", ...who });
    await using _worker = await startWorker({ store, machines: [incident], log: () => {} });
    await until("the second is done", async () => (await client.show(ref)).status === "done");
    assert.equal((await client.show(ref)).result, 2);
    assert.equal(new Set(tokens).size, 4);
    const history = await client.history(ref);
    const kinds = (run: number) => history.filter((entry) => entry.run === run).map(({ kind, step }) => `${kind} ${step}`);
    assert.deepEqual(kinds(2), kinds(1));
    assert.equal(history.length, kinds(1).length * 2);
  });
});
