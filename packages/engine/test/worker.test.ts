import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import {
  type Client,
  createClient,
  FettleError,
  type Machine,
  machine,
  none,
  type Page,
  type StartRequest,
  type Store,
  startWorker,
} from "../src/index.ts";
import { overEveryStore, until } from "./stores.ts";

const data = z.object({ n: z.number() });
const who = { by: "test", why: "" };

async function world(open: () => Promise<Store>, machines: readonly Machine[]): Promise<World> {
  const store = await open();
  const pages: Page[] = [];
  const log: string[] = [];
  const options = { store, machines, pager: async (page: Page) => void pages.push(page), log: (line: string) => void log.push(line) };
  const worker = await startWorker(options);
  const client = createClient({ store, machines });
  return {
    store,
    client,
    pages,
    log,
    start: (name, key, n = 0) => client.start({ machine: name, key, input: { n }, ...who }),
    reach: (key, state) =>
      until(`${key} is ${state}`, async () => [(await client.show({ key })).state, (await client.show({ key })).status].includes(state)),
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

interface World extends AsyncDisposable {
  readonly store: Store;
  readonly client: Client;
  readonly pages: Page[];
  readonly log: string[];
  start(machine: string, key: string, n?: number): Promise<unknown>;
  reach(key: string, state: string): Promise<void>;
}

overEveryStore("a worker", (open) => {
  test("walks a machine to its end, each transition once in history", async () => {
    const walk = machine({
      name: "walk",
      data,
      start: "a",
      transitions: { a: ["b"], b: ["c"], c: [] },
      states: {
        a: async (it) => it.to("b", { n: it.data.n + 1 }),
        b: async (it) => it.to("c", { n: it.data.n + 1 }),
        c: async (it) => it.done({ n: it.data.n }),
      },
    });
    await using w = await world(open, [walk]);
    await w.start("walk", "x", 5);
    await w.reach("x", "done");
    const history = await w.client.history({ key: "x" });
    assert.deepEqual(
      history.map((entry) => [entry.kind, entry.from, entry.to]),
      [
        ["done", "c", null],
        ["moved", "b", "c"],
        ["moved", "a", "b"],
        ["started", null, "a"],
      ],
    );
    assert.deepEqual((await w.client.show({ key: "x" })).result, { n: 7 });
  });

  test("retries a failure with the attempt counted, then is stuck, then pages once for all that share the cause", async () => {
    const attempts: number[] = [];
    const fails = machine({
      name: "fails",
      data,
      start: "trying",
      transitions: { trying: [] },
      policy: { trying: { retry: { attempts: 3, first: "10ms" } } },
      states: {
        async trying(it) {
          if (it.key === "x") attempts.push(it.attempt);
          if (it.data.n === 9) return it.done();
          throw new FettleError("DISK_ON_FIRE", "The disk is on fire", { fix: "Call the fire brigade" });
        },
      },
    });
    await using w = await world(open, [fails]);
    await w.start("fails", "x");
    await w.start("fails", "y");
    await w.reach("x", "stuck");
    await w.reach("y", "stuck");
    assert.deepEqual(attempts, [1, 2, 3]);
    const seen = await w.client.show({ key: "x" });
    assert.deepEqual(seen.error, { code: "DISK_ON_FIRE", message: "The disk is on fire", fix: "Call the fire brigade" });
    assert.equal(seen.due, null);
    const [cause] = await w.client.attention();
    assert.equal(cause?.count, 2);
    assert.equal(cause?.page?.count, 2);
    await until("the pager has it", () => w.pages.length > 0);
    assert.equal((await w.client.pages({})).length, 1);
  });

  test("a retry by a person counts attempts anew, is in history with who and why, and its end resolves the page", async () => {
    let isMended = false;
    const mendable = machine({
      name: "mendable",
      data,
      start: "trying",
      transitions: { trying: [] },
      policy: { trying: { retry: { attempts: 1 } } },
      states: {
        async trying(it) {
          if (!isMended) throw new Error("broken");
          return it.done(it.attempt);
        },
      },
    });
    await using w = await world(open, [mendable]);
    await w.start("mendable", "x");
    await w.reach("x", "stuck");
    isMended = true;
    await w.client.retry({ key: "x" }, { by: "ana", why: "the switch is back" });
    await w.reach("x", "done");
    assert.equal((await w.client.show({ key: "x" })).result, 1);
    const retried = (await w.client.history({ key: "x" })).find((entry) => entry.kind === "retried");
    assert.deepEqual([retried?.by, retried?.why], ["ana", "the switch is back"]);
    await until("the page is resolved", async () => (await w.client.pages({})).length === 0);
    assert.deepEqual(await w.client.attention(), []);
  });

  test("aborts a handler at its timeout, and never runs a second attempt beside one that has not come back", async () => {
    let running = 0;
    let most = 0;
    const slow = machine({
      name: "slow",
      data,
      start: "hanging",
      transitions: { hanging: [] },
      policy: { hanging: { timeout: "50ms", retry: { attempts: 2, first: "10ms" } } },
      states: {
        async hanging(it) {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 400));
          running--;
          assert.ok(it.abort.aborted);
          throw new Error("the switch did not answer");
        },
      },
    });
    await using w = await world(open, [slow]);
    await w.start("slow", "x");
    await w.reach("x", "stuck");
    assert.equal((await w.client.show({ key: "x" })).error?.code, "ATTEMPT_TIMEOUT");
    assert.equal(most, 1);
    await until("what it hung on is said", () =>
      w.log.join().includes("slow x hanging: failed after its timeout: Error: the switch did not answer"),
    );
  });

  test("a signal that comes while the handler runs is taken, though the handler then waits an hour", async () => {
    const entered = Promise.withResolvers<void>();
    const sent = Promise.withResolvers<void>();
    let looks = 0;
    const sleeper = machine({
      name: "sleeper",
      data,
      signals: { wake: z.object({ with: z.string() }) },
      start: "sleeping",
      transitions: { sleeping: [] },
      states: {
        async sleeping(it) {
          const woken = it.take("wake");
          if (woken) return it.done(woken.with);
          looks++;
          entered.resolve();
          await sent.promise;
          return it.wait("1h", { n: looks });
        },
      },
    });
    await using w = await world(open, [sleeper]);
    await w.start("sleeper", "x");
    await entered.promise;
    await w.client.signal({ ref: { key: "x" }, signal: "wake", payload: { with: "coffee" }, ...who });
    sent.resolve();
    await w.reach("x", "done");
    assert.equal((await w.client.show({ key: "x" })).result, "coffee");
    assert.equal(looks, 1);
  });

  test("children are started with the commit, and their end wakes the parent", async () => {
    const child = machine({
      name: "child",
      data,
      start: "only",
      transitions: { only: [] },
      states: { only: async (it) => it.done(it.data.n * 2) },
    });
    const parent = machine({
      name: "parent",
      data,
      start: "spawning",
      transitions: { spawning: ["waiting"], waiting: [] },
      states: {
        async spawning(it) {
          for (const n of [1, 2, 3]) it.spawn(child, { key: n === 1 ? it.key : `${it.key}-${n}`, input: { n } });
          return it.to("waiting");
        },
        async waiting(it) {
          const children = await it.children();
          if (children.some(({ status }) => status !== "done")) return it.wait("1h");
          return it.done(children.map(({ result }) => result));
        },
      },
    });
    await using w = await world(open, [parent, child]);
    await w.start("parent", "x");
    await w.reach("x", "done");
    assert.deepEqual((await w.client.show({ key: "x" })).result, [2, 4, 6]);
    assert.deepEqual((await w.client.show({ key: "x-2" })).parent?.key, "x");
  });

  test("a deadline that passes pages from outside the handler, and reaching its state resolves the page", async () => {
    let isOpen = false;
    const late = machine({
      name: "late",
      data,
      start: "waiting",
      transitions: { waiting: ["reached"], reached: [] },
      deadlines: [{ reach: "reached", within: "20ms", page: { severity: "warning", say: "x is late" } }],
      states: {
        waiting: async (it) => (isOpen ? it.to("reached") : it.wait("20ms")),
        reached: async (it) => it.wait("1h", {}),
      },
    });
    await using w = await world(open, [late]);
    await w.start("late", "x");
    await w.start("late", "y");
    await until("it pages", () => w.pages.length > 0);
    assert.match(w.pages[0]?.say ?? "", /^x is late: [xy] is in waiting, not yet reached$/);
    await until("both are late, by one cause", async () => (await w.client.attention())[0]?.count === 2);
    assert.equal((await w.client.pages({})).length, 1);
    isOpen = true;
    await w.reach("x", "reached");
    await w.reach("y", "reached");
    await until("the page is resolved", async () => (await w.client.pages({})).length === 0);
  });

  test("a short wait without a patch writes nothing", async () => {
    let looks = 0;
    const watcher = machine({
      name: "watcher",
      data,
      start: "watching",
      transitions: { watching: [] },
      states: {
        async watching(it) {
          looks++;
          return it.wait("1ms");
        },
      },
    });
    await using w = await world(open, [watcher]);
    await w.start("watcher", "x");
    await until("its inbox is empty", () => looks > 3);
    const rev = () => w.store.reads.query<{ rev: number }>("select rev::float8 as rev from fettle.instance", []);
    const before = await rev();
    const seen = looks;
    await until("it has looked 20 times more", () => looks > seen + 20);
    assert.deepEqual(await rev(), before);
  });

  test("an event in the process ends a wait early", async () => {
    const dropped = Promise.withResolvers<void>();
    let looks = 0;
    const monitor = machine({
      name: "monitor",
      data,
      start: "watching",
      transitions: { watching: [] },
      states: {
        async watching(it) {
          if (++looks > 1) return it.done();
          return it.wait("59s", undefined, dropped.promise);
        },
      },
    });
    await using w = await world(open, [monitor]);
    await w.start("monitor", "x");
    await until("it watches", () => looks === 1);
    dropped.resolve();
    await w.reach("x", "done");
  });

  test("poison ends on the attention list, names itself, and harms no other instance", async () => {
    const poison = machine({
      name: "poison",
      data: z.object({ n: z.number() }),
      start: "a",
      transitions: { a: ["b"], b: [] },
      policy: { a: { retry: { attempts: 2, first: "5ms" } } },
      states: {
        async a(it) {
          if (it.key === "nan") return it.to("b", { n: Number.NaN });
          if (it.key === "nothing") return undefined as never;
          if (it.key === "jump") return it.to("nowhere" as "b");
          if (it.key === "huge") return it.done("x".repeat(2_000_000));
          if (it.key === "zero") return it.stuck("holds a \u0000 zero");
          return it.to("b");
        },
        b: async (it) => it.done(),
      },
    });
    await using w = await world(open, [poison]);
    for (const key of ["nan", "nothing", "jump", "huge", "zero", "well"]) await w.start("poison", key);
    await w.reach("well", "done");
    for (const [key, code] of [
      ["nan", "BAD_DATA"],
      ["nothing", "HANDLER_FAILED"],
      ["jump", "NO_SUCH_TRANSITION"],
      ["huge", "NOT_JSON"],
      ["zero", "NOT_JSON"],
    ] as const) {
      await w.reach(key, "stuck");
      assert.equal((await w.client.show({ key })).error?.code, code, key);
    }
  });

  test("data and states that the code does not know end on the attention list, and not one after another", async () => {
    const plain = machine({ name: "plain", data, start: "a", transitions: { a: [] }, states: { a: async (it) => it.done() } });
    await using store = await open();
    const client = createClient({ store, machines: [plain] });
    for (const key of ["bad-data", "bad-state", "well"]) await client.start({ machine: "plain", key, input: { n: 1 }, ...who });
    await store.reads.query("update fettle.instance set data = '{\"n\":\"text\"}' where key = 'bad-data'", []);
    await store.reads.query("update fettle.instance set state = 'gone' where key = 'bad-state'", []);
    assert.deepEqual((await client.check()).map(({ key, code }) => [key, code]).sort(), [
      ["bad-data", "BAD_DATA"],
      ["bad-state", "NO_SUCH_STATE"],
    ]);
    await using _worker = await startWorker({ store, machines: [plain], log: () => {} });
    await until("nothing runs", async () => (await client.list({ status: "running" })).total === 0);
    const ends = await Promise.all(["bad-data", "bad-state", "well"].map((key) => client.show({ key })));
    assert.deepEqual(
      ends.map(({ status, error }) => error?.code ?? status),
      ["BAD_DATA", "NO_SUCH_STATE", "done"],
    );
    assert.equal((await client.attention()).length, 2);
  });

  test("a person's retry is heard over a flood of signals", async () => {
    let isMended = false;
    const flooded = machine({
      name: "flooded",
      data,
      signals: { drop: none },
      start: "a",
      transitions: { a: [] },
      states: { a: async (it) => (isMended ? it.done() : it.stuck("broken")) },
    });
    await using w = await world(open, [flooded]);
    await w.start("flooded", "x");
    await w.reach("x", "stuck");
    await w.store.reads.query(
      `insert into fettle.inbox (slot, instance, run, kind, name, by, why)
       select slot, id, run, 'signal', 'drop', 'test', '' from fettle.instance, generate_series(1, 1500)`,
    );
    isMended = true;
    await w.client.retry({ key: "x" }, who);
    await w.reach("x", "done");
  });

  test("a second run of a key sees nothing of the first", async () => {
    const again = machine({
      name: "again",
      data,
      signals: { go: none },
      start: "a",
      transitions: { a: [] },
      states: {
        async a(it) {
          if (it.take("go")) return it.done(it.token);
          return it.wait("1h", { n: it.data.n + 1 });
        },
      },
    });
    await using w = await world(open, [again]);
    await w.start("again", "x");
    await until("it waits", async () => ((await w.client.show({ key: "x" })).data as { n: number }).n === 1);
    await assert.rejects(w.start("again", "x"), { code: "ALREADY_RUNNING" });
    await w.client.signal({ ref: { key: "x" }, signal: "go", ...who });
    await w.reach("x", "done");
    const first = (await w.client.show({ key: "x" })).result;
    await assert.rejects(w.client.signal({ ref: { key: "x" }, signal: "go", ...who }), { code: "NOT_RUNNING" });
    await w.start("again", "x", 100);
    await until("it waits", async () => ((await w.client.show({ key: "x" })).data as { n: number }).n === 101);
    const second = await w.client.show({ key: "x" });
    assert.equal(second.run, 2);
    assert.equal(second.result, null);
    assert.notEqual(second.token, first);
  });

  test("what start does with a key that runs and with one that is done is each asked for by itself", async () => {
    const once = machine({
      name: "once",
      data,
      signals: { go: none },
      start: "a",
      transitions: { a: [] },
      states: { a: async (it) => (it.take("go") ? it.done() : it.wait("1h")) },
    });
    await using w = await world(open, [once]);
    const start = (asked: Pick<StartRequest, "ifRunning" | "ifDone">) =>
      w.client.start({ machine: "once", key: "x", input: { n: 0 }, ...asked, ...who });
    assert.equal((await start({ ifRunning: "refuse", ifDone: "keep" })).answer, "started");
    await assert.rejects(start({}), { code: "ALREADY_RUNNING" });
    await assert.rejects(start({ ifDone: "keep" }), { code: "ALREADY_RUNNING" });
    assert.deepEqual(await start({ ifRunning: "keep" }), { machine: "once", key: "x", run: 1, answer: "kept" });
    assert.equal((await start({ ifRunning: "keep", ifDone: "keep" })).answer, "kept");
    await w.client.signal({ ref: { key: "x" }, signal: "go", ...who });
    await w.reach("x", "done");
    assert.deepEqual(await start({ ifDone: "keep" }), { machine: "once", key: "x", run: 1, answer: "kept" });
    assert.deepEqual(await start({ ifRunning: "keep" }), { machine: "once", key: "x", run: 2, answer: "started" });
  });

  test("what a person sends is checked where it enters", async () => {
    const strict = machine({
      name: "strict",
      data,
      signals: { go: none, prefer: z.object({ candidate: z.string() }) },
      start: "a",
      transitions: { a: [] },
      states: { a: async (it) => it.wait("1h", {}) },
    });
    await using w = await world(open, [strict]);
    await w.start("strict", "x");
    const send = (signal: string, payload?: unknown) => w.client.signal({ ref: { key: "x" }, signal, payload, ...who });
    await assert.rejects(send("gone"), { code: "NO_SUCH_SIGNAL" });
    await assert.rejects(send("go", { a: 1 }), { code: "BAD_SIGNAL" });
    await assert.rejects(send("prefer", { candidate: 7 }), { code: "BAD_SIGNAL" });
    await assert.rejects(w.client.start({ machine: "strict", key: "y", input: { n: "x" }, ...who }), { code: "BAD_DATA" });
    await assert.rejects(w.client.start({ machine: "strict", key: "y\u0000", input: { n: 1 }, ...who }), { code: "BAD_KEY" });
    await assert.rejects(w.client.start({ machine: "nobody", key: "y", input: { n: 1 }, ...who }), { code: "NO_SUCH_MACHINE" });
    await assert.rejects(w.client.show({ key: "xx" }), { code: "NO_SUCH_INSTANCE", fix: "Did you mean strict x?" });
  });

  test("an instance of a newer version or an unknown machine is left alone, and `check` names it", async () => {
    const old = machine({ name: "grown", version: 1, data, start: "a", transitions: { a: [] }, states: { a: async (it) => it.done() } });
    const grown = machine({ name: "grown", version: 2, data, start: "a", transitions: { a: [] }, states: { a: async (it) => it.done() } });
    await using store = await open();
    const newer = createClient({ store, machines: [grown] });
    await newer.start({ machine: "grown", key: "x", input: { n: 1 }, ...who });
    const log: string[] = [];
    await using _worker = await startWorker({ store, machines: [old], log: (line) => void log.push(line) });
    await until("the worker says so", () => log.length > 0);
    assert.match(log[0] ?? "", /grown version 2 are left alone: this code has version 1/);
    const [misfit] = await createClient({ store, machines: [old] }).check();
    assert.equal(misfit?.code, "VERSION_TOO_NEW");
    assert.equal((await newer.show({ key: "x" })).status, "running");
  });

  test("what a handler tells a person pages once per cause and ends with the acknowledgement", async () => {
    const teller = machine({
      name: "teller",
      data,
      start: "a",
      transitions: { a: [] },
      states: {
        async a(it) {
          it.page({ severity: "warning", say: "third restart within an hour" });
          return it.wait("1h", {});
        },
      },
    });
    await using w = await world(open, [teller]);
    await w.start("teller", "x");
    await until("it pages", () => w.pages.length === 1);
    const [page] = await w.client.pages({});
    assert.equal(page?.say, "third restart within an hour");
    const acknowledged = await w.client.acknowledge(page?.id ?? 0, { by: "ana", why: "looking" });
    assert.deepEqual([acknowledged.acknowledged?.by, acknowledged.acknowledged?.note], ["ana", "looking"]);
    await until("it is resolved", async () => (await w.client.pages({})).length === 0);
  });

  test("a pager that fails is tried again, and the page stays open", async () => {
    const breaks = machine({ name: "breaks", data, start: "a", transitions: { a: [] }, states: { a: async (it) => it.stuck("no") } });
    await using store = await open();
    const log: string[] = [];
    const pager = async () => {
      throw new Error("the pager is down");
    };
    await using _worker = await startWorker({ store, machines: [breaks], pager, log: (line) => void log.push(line) });
    const client = createClient({ store, machines: [breaks] });
    await client.start({ machine: "breaks", key: "x", input: { n: 0 }, ...who });
    await until("the failure is said", () => log.some((line) => line.includes("the pager is down")));
    assert.equal((await client.pages({})).length, 1);
  });

  test("stops though a handler ignores its AbortSignal, and says so", async () => {
    const release = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const deaf = machine({
      name: "deaf",
      data,
      start: "a",
      transitions: { a: [] },
      states: {
        async a(it) {
          entered.resolve();
          await release.promise;
          return it.done();
        },
      },
    });
    await using store = await open();
    const log: string[] = [];
    const worker = await startWorker({ store, machines: [deaf], log: (line) => void log.push(line) });
    await createClient({ store, machines: [deaf] }).start({ machine: "deaf", key: "x", input: { n: 0 }, ...who });
    await entered.promise;
    await worker[Symbol.asyncDispose]();
    assert.match(log.join(), /ignores its AbortSignal/);
    release.resolve();
  });

  test("two workers share the ranges, and one that stops gives its own back at once", async () => {
    const idle = machine({ name: "idle", data, start: "a", transitions: { a: [] }, states: { a: async (it) => it.wait("1h", {}) } });
    await using store = await open();
    const client = createClient({ store, machines: [idle] });
    await using _first = await startWorker({ store, machines: [idle] });
    const second = await startWorker({ store, machines: [idle] });
    await until("each has half", async () => (await client.workers()).map(({ slots }) => slots).join() === "2048,2048");
    await second[Symbol.asyncDispose]();
    await until("the first has all", async () => (await client.workers()).map(({ slots }) => slots).join() === "4096");
  });
});
