import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { createClient, cron, type Machine, machine, none, type Page, type Store, startWorker } from "../src/index.ts";
import { overEveryStore, until } from "./stores.ts";

const nothing = z.object({});
const who = { by: "test", why: "" };

async function world(open: () => Promise<Store>, machines: readonly Machine[]) {
  const store = await open();
  const pages: Page[] = [];
  const worker = await startWorker({ store, machines, pager: async (page) => void pages.push(page), log: () => {} });
  const client = createClient({ store, machines });
  return {
    store,
    client,
    pages,
    reach: (key: string, state: string) =>
      until(`${key} is ${state}`, async () => [(await client.show({ key })).state, (await client.show({ key })).status].includes(state)),
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

overEveryStore("what a machine declares", (open) => {
  test("a signal leads out of a wait, and history names it and its sender", async () => {
    const waits = machine({
      name: "waits",
      data: nothing,
      signals: { destroy: none },
      start: "waiting",
      transitions: { waiting: ["destroying"], destroying: [] },
      on: { destroy: "destroying" },
      states: { waiting: async (it) => it.wait("7d", {}), destroying: async (it) => it.done() },
    });
    await using w = await world(open, [waits]);
    await w.client.start({ machine: "waits", key: "x", input: {}, ...who });
    await w.reach("x", "waiting");
    await w.client.signal({ ref: { key: "x" }, signal: "destroy", by: "ana", why: "it is gone" });
    await w.reach("x", "done");
    const history = await w.client.history({ key: "x" });
    assert.deepEqual(
      history
        .filter(({ by }) => by === "ana")
        .map(({ kind, to, signal, why }) => [kind, to ?? signal, why])
        .sort(),
      [
        ["moved", "destroying", "it is gone"],
        ["took", "destroy", "it is gone"],
      ],
    );
  });

  test("a cron's wait is kept in the store, and its time is there for the handler that runs after it", async () => {
    const struck: (Date | undefined)[] = [];
    const timed = machine({
      name: "timed",
      data: nothing,
      signals: { look: none },
      start: "idle",
      transitions: { idle: [] },
      states: {
        async idle(it) {
          it.take("look");
          struck.push(await it.struck());
          return it.wait(cron("0 3 * * *", { zone: "Europe/Berlin", missed: "once" }));
        },
      },
    });
    await using w = await world(open, [timed]);
    await w.client.start({ machine: "timed", key: "x", input: {}, ...who });
    await until("it waits for a night", async () => Date.parse((await w.client.show({ key: "x" })).due ?? "") > Date.now() + 1000);
    const { due } = await w.client.show({ key: "x" });
    assert.match(due ?? "", /T0[12]:00:00.000Z$/);
    await w.store.reads.query("update fettle.cron set at = at - interval '1 day'", []);
    await w.client.signal({ ref: { key: "x" }, signal: "look", ...who });
    await until("it has looked again", () => struck.length === 2);
    assert.deepEqual([struck[0], struck[1]?.getTime()], [undefined, Date.parse(due ?? "") - 86_400_000]);
  });

  test("progress puts a deadline off, and its cap is where it pages, once", async () => {
    let isSlow = true;
    const slow = machine({
      name: "slow",
      data: z.object({ n: z.number() }),
      start: "copying",
      transitions: { copying: ["copied"], copied: [] },
      deadlines: [
        { reach: "copied", within: "2s", extend: { by: "2s", most: "5s" }, page: { severity: "warning", say: "the copy is late" } },
      ],
      states: {
        async copying(it) {
          if (!isSlow) return it.to("copied");
          it.progress();
          return it.wait("20ms", { n: it.data.n + 1 });
        },
        copied: async (it) => it.wait("1h", {}),
      },
    });
    await using w = await world(open, [slow]);
    await w.client.start({ machine: "slow", key: "x", input: { n: 0 }, ...who });
    const start = Date.parse((await w.client.show({ key: "x" })).started);
    await until("it pages", () => w.pages.length > 0);
    assert.ok(
      Date.parse(w.pages[0]?.opened ?? "") - start >= 3000,
      `paged ${Date.parse(w.pages[0]?.opened ?? "") - start} ms after the start`,
    );
    const { n } = (await w.client.show({ key: "x" })).data as { n: number };
    await until("it gets on all the same", async () => ((await w.client.show({ key: "x" })).data as { n: number }).n > n + 20);
    isSlow = false;
    await w.reach("x", "copied");
    assert.equal(w.pages.length, 1);
  });

  test("an instance of an older version becomes what the code says, each version in turn, when it next runs", async () => {
    await using store = await open();
    const first = machine({
      name: "grown",
      data: z.object({ host: z.string() }),
      start: "fencing",
      transitions: { fencing: [] },
      states: { fencing: async (it) => it.wait("7d", {}) },
    });
    await createClient({ store, machines: [first] }).start({ machine: "grown", key: "x", input: { host: "db-1" }, ...who });
    const third = machine({
      name: "grown",
      version: 3,
      data: z.object({ hosts: z.array(z.string()), seen: z.number() }),
      start: "isolating",
      transitions: { isolating: [] },
      migrate: {
        2: ({ data }) => ({ state: "isolating", data: { hosts: [data["host"]] } }),
        3: ({ state, data }) => ({ state, data: { ...data, seen: 0 } }),
      },
      states: { isolating: async (it) => it.done(it.data) },
    });
    await using _worker = await startWorker({ store, machines: [third], log: () => {} });
    const client = createClient({ store, machines: [third] });
    await until("it is done", async () => (await client.show({ key: "x" })).status === "done");
    const { result, version } = await client.show({ key: "x" });
    assert.deepEqual([result, version], [{ hosts: ["db-1"], seen: 0 }, 3]);
    assert.deepEqual(
      (await client.history({ key: "x" })).map(({ kind, from, to }) => [kind, from, to]),
      [
        ["done", "isolating", null],
        ["migrated", "fencing", "isolating"],
        ["started", null, "fencing"],
      ],
    );
  });

  test("a migration that fails or does not fit is stuck with its fix, keeps the version, and a retry turns it again", async () => {
    await using store = await open();
    const old = machine({
      name: "turned",
      data: z.object({ n: z.number() }),
      start: "a",
      transitions: { a: [] },
      states: { a: async (it) => it.wait("7d", {}) },
    });
    const keys = ["throws", "misfit", "nowhere"];
    const starter = createClient({ store, machines: [old] });
    for (const key of keys) await starter.start({ machine: "turned", key, input: { n: keys.indexOf(key) }, ...who });
    let isMended = false;
    const turned = machine({
      name: "turned",
      version: 2,
      data: z.object({ text: z.string() }),
      start: "a",
      transitions: { a: [] },
      migrate: {
        2({ state, data }) {
          if (isMended) return { state, data: { text: "mended" } };
          if (data["n"] === 0) throw new Error("the migration is broken");
          return data["n"] === 1 ? { state, data: { text: 7 } } : { state: "nowhere", data: { text: "" } };
        },
      },
      states: { a: async (it) => it.done(it.data.text) },
    });
    await using _worker = await startWorker({ store, machines: [turned], log: () => {} });
    const client = createClient({ store, machines: [turned] });
    for (const key of keys) {
      await until(`${key} is stuck`, async () => (await client.show({ key })).status === "stuck");
      const { error, version } = await client.show({ key });
      assert.deepEqual([error?.code, version], ["MIGRATION_FAILED", 1], key);
    }
    assert.deepEqual((await client.check()).map(({ key, code }) => [key, code]).sort(), [
      ["misfit", "BAD_DATA"],
      ["nowhere", "NO_SUCH_STATE"],
      ["throws", "MIGRATION_FAILED"],
    ]);
    isMended = true;
    assert.deepEqual(await client.check(), []);
    for (const key of keys) await client.retry({ key }, who);
    for (const key of keys) {
      await until(`${key} is done`, async () => (await client.show({ key })).status === "done");
      assert.equal((await client.show({ key })).result, "mended");
    }
  });
});
