import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { createClient, type Machine, machine, none, type Page, population, type Store, startWorker } from "../src/index.ts";
import { overEveryStore, until } from "./stores.ts";

const ana = { by: "ana", why: "because" };
const data = z.object({ host: z.string().default("db-1"), priority: z.number().default(0) });

/** A worker, a client, and what is inside of the guarded state `acting`. */
async function world(open: () => Promise<Store>, machines: readonly Machine[], workers = 1) {
  const store = await open();
  const pages: Page[] = [];
  const pager = async (page: Page) => void pages.push(page);
  const running = await Promise.all(
    Array.from({ length: workers }, () => startWorker({ store, machines, pager, log: (line) => void logged.push(line) })),
  );
  const client = createClient({ store, machines });
  const logged: string[] = [];
  const show = (key: string) => client.show({ key });
  return {
    store,
    client,
    pages,
    logged,
    show,
    start: (key: string, input: object = {}, labels = {}) => client.start({ machine: machines[0]?.name ?? "", key, input, labels, ...ana }),
    is: (key: string, state: string) =>
      until(`${key} is ${state}`, async () => (await show(key)).state === state || (await show(key)).status === state),
    isHeld: (key: string, kind: string) => until(`${key} is held by ${kind}`, async () => (await show(key)).held?.kind === kind),
    async [Symbol.asyncDispose]() {
      for (const worker of running) await worker[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** Wants to act, does so until it is told to leave, and is done. */
const actor = (policy: object, rest: object = {}) =>
  machine({
    name: "actor",
    data,
    signals: { leave: none, fail: none },
    start: "wanting",
    transitions: { wanting: ["acting", "elsewhere"], acting: ["wanting", "elsewhere"], elsewhere: [] },
    policy: { acting: policy },
    ...rest,
    states: {
      wanting: async (it) => (it.take("leave") ? it.to("elsewhere") : it.to("acting")),
      async acting(it) {
        if (it.take("fail")) return it.stuck("it fails");
        return it.take("leave") ? it.to("elsewhere") : it.wait("1h", {});
      },
      elsewhere: async (it) => it.done(),
    },
  });

overEveryStore("a guarded state", (open) => {
  test("lets in as many as its limit says for each key, holds the others in a line, and calls the first in it", async () => {
    await using w = await world(open, [actor({ limit: { most: 1, by: ({ data: { host } }: { data: { host: string } }) => host } })]);
    await w.start("a");
    await w.is("a", "acting");
    await w.start("b");
    await w.isHeld("b", "limit");
    await w.start("c");
    await w.isHeld("c", "limit");
    await w.start("other", { host: "db-2" });
    await w.is("other", "acting");
    const held = (await w.show("c")).held;
    assert.deepEqual([held?.say, held?.wants, held?.position], ["1 of 1 are in acting for db-1", "acting", 2]);
    assert.equal((await w.client.history({ key: "c" })).filter(({ kind }) => kind === "held").length, 1);
    await w.client.signal({ ref: { key: "a" }, signal: "leave", ...ana });
    await w.is("b", "acting");
    assert.equal((await w.show("b")).held, null);
    assert.equal((await w.show("c")).held?.position, 1);
  });

  test("is entered by priority, then by age", async () => {
    const limit = { most: 1, priority: ({ data: { priority } }: { data: { priority: number } }) => priority };
    await using w = await world(open, [actor({ limit })]);
    await w.start("first");
    await w.is("first", "acting");
    for (const [key, priority] of [
      ["old", 0],
      ["new", 0],
      ["urgent", 9],
    ] as const) {
      await w.start(key, { priority });
      await w.isHeld(key, "limit");
    }
    let before = "first";
    for (const key of ["urgent", "old", "new"]) {
      await w.client.signal({ ref: { key: before }, signal: "leave", ...ana });
      await w.is(key, "acting");
      before = key;
    }
  });

  test("has room again when one in it is stuck, paused or cancelled, and one that comes back waits for room", async () => {
    await using w = await world(open, [actor({ limit: { most: 1 } })]);
    await w.start("a");
    await w.is("a", "acting");
    await w.start("b");
    await w.isHeld("b", "limit");
    await w.client.signal({ ref: { key: "a" }, signal: "fail", ...ana });
    await w.is("b", "acting");
    await w.client.retry({ key: "a" }, ana);
    await w.isHeld("a", "limit");
    const rule = await w.client.addRule({ kind: "pause", selector: { key: "b" }, ...ana });
    await until("a goes on", async () => (await w.show("a")).held === null);
    await w.client.endRule(rule.id, ana);
    await w.client.signal({ ref: { key: "b" }, signal: "leave", ...ana });
    await w.isHeld("b", "limit");
    await w.client.cancel({ key: "a" }, ana);
    await w.is("b", "done");
  });

  test("is entered no more often than its rate", async () => {
    await using w = await world(open, [actor({ limit: { rate: { most: 2, per: "3s" } } })]);
    for (const key of ["a", "b", "c"]) await w.start(key);
    const entered = async () => {
      const all = await Promise.all(
        ["a", "b", "c"].map(async (key) => (await w.client.history({ key })).find(({ to }) => to === "acting")?.at),
      );
      return all.filter((at) => at !== undefined).sort();
    };
    await until("two are in", async () => (await entered()).length === 2);
    // Counted from when the first was let in, which is a moment before its commit.
    const [admission] = await w.store.reads.query<{ at: number }>(
      "select extract(epoch from min(at))::float8 * 1000 as at from fettle.entry",
      [],
    );
    await until("the third is held", async () => (await w.client.list({})).instances.some(({ held }) => held?.kind === "rate"));
    await until("the third is in", async () => (await entered()).length === 3);
    const third = Date.parse((await entered())[2] ?? "");
    assert.ok(third - (admission?.at ?? 0) >= 2999, `${third - (admission?.at ?? 0)} ms apart`);
  });

  test("trips its breaker when too many of a population would be in it, pages once, and only a person lets others through", async () => {
    const thing = machine({
      name: "thing",
      data: z.object({}),
      start: "a",
      transitions: { a: [] },
      states: { a: async (it) => it.wait("1h", {}) },
    });
    const breaker = { guards: ["acting"], of: population("thing", { by: "region" }), most: "30%", atLeast: 2 };
    await using w = await world(open, [actor({}, { breaker }), thing]);
    for (let n = 0; n < 10; n++) await w.client.start({ machine: "thing", key: `thing-${n}`, input: {}, labels: { region: "eu" }, ...ana });
    for (const key of ["a", "b", "c"]) {
      await w.start(key, {}, { region: "eu" });
      await w.is(key, "acting");
    }
    for (const key of ["d", "e", "f"]) await w.start(key, {}, { region: "eu" });
    for (const key of ["d", "e", "f"]) await w.isHeld(key, "breaker");
    await until("it pages", () => w.pages.length > 0);
    assert.match(w.pages[0]?.say ?? "", /^breaker acting of actor is open of region=eu: 4 of 10 would be in acting at once/);
    const [open_] = await w.client.breakers();
    assert.deepEqual([open_?.name, open_?.scope, open_?.population, open_?.opened !== null], ["acting", "eu", 10, true]);
    const which = { machine: "actor", name: "acting", scope: "eu" };
    await w.client.closeBreaker({ ...which, let: 1, ...ana });
    const inside = async () => (await w.client.list({ state: "acting" })).total;
    await until("one more is in", async () => (await inside()) === 4);
    for (const key of ["a", "b", "c"]) await w.client.signal({ ref: { key }, signal: "leave", ...ana });
    await until("three have left, and it stays open", async () => (await inside()) === 1);
    assert.equal((await w.client.list({ state: "wanting" })).total, 2);
    await w.client.closeBreaker({ ...which, ...ana });
    await until("the rest is in", async () => (await inside()) === 3);
    await until("the page is resolved", async () => (await w.client.pages({})).length === 0);
    assert.equal(w.pages.length, 1);
    await assert.rejects(w.client.closeBreaker({ ...which, ...ana }), { code: "NOT_OPEN" });
    assert.deepEqual(
      (await w.client.breakers())[0]?.acts.map(({ by, let: more }) => [by, more]),
      [
        ["ana", 1],
        ["ana", null],
      ],
    );
  });

  test("that one key has entered as often as its budget allows, over all runs, is entered no more: stuck, until a person retries", async () => {
    await using w = await world(open, [actor({}, { budget: { entering: "acting", most: 2, within: "1h" } })]);
    for (let run = 1; run <= 2; run++) {
      await w.start("a");
      await w.is("a", "acting");
      await w.client.signal({ ref: { key: "a" }, signal: "leave", ...ana });
      await w.is("a", "done");
    }
    await w.start("a");
    await w.is("a", "stuck");
    assert.equal((await w.show("a")).error?.code, "BUDGET_SPENT");
    await until("it pages", () => w.pages.length === 1);
    await w.start("other");
    await w.is("other", "acting");
    await w.client.retry({ key: "a" }, ana);
    await w.is("a", "acting");
  });

  test("that asks is entered when a person approves, and history says who", async () => {
    await using w = await world(open, [actor({ ask: { role: "dba", within: "10m", else: "stuck" } })]);
    await w.start("a");
    await w.isHeld("a", "ask");
    assert.equal((await w.show("a")).held?.say, "waits for a dba to approve that it enters acting");
    await until("it pages", () => w.pages.length === 1);
    await w.client.answer({ ref: { key: "a" }, answer: "approve", by: "bo", why: "looks right" });
    await w.is("a", "acting");
    const entry = (await w.client.history({ key: "a" })).find(({ to }) => to === "acting");
    assert.deepEqual([entry?.by, entry?.why], ["bo", "looks right"]);
    await until("the question is off the list", async () => (await w.client.attention()).length === 0);
    await assert.rejects(w.client.answer({ ref: { key: "a" }, answer: "approve", ...ana }), { code: "NOT_ASKED" });
  });

  test("that asks takes its declared way out when a person refuses, and when nobody answers", async () => {
    await using w = await world(open, [actor({ ask: { role: "dba", within: "1s", else: "elsewhere" } })]);
    await w.start("unanswered");
    await w.is("unanswered", "done");
    assert.ok((await w.client.history({ key: "unanswered" })).some(({ to }) => to === "elsewhere"));
    await until("somebody is told", () => w.pages.some(({ say }) => /^Nobody approved within 1s that unanswered enters acting/.test(say)));
    const strict = actor({ ask: { role: "dba", within: "10m", else: "stuck" } });
    await using v = await world(open, [strict]);
    await v.start("refused");
    await v.isHeld("refused", "ask");
    await v.client.answer({ ref: { key: "refused" }, answer: "refuse", by: "bo", why: "not now" });
    await v.is("refused", "stuck");
    assert.deepEqual((await v.show("refused")).error?.message, "bo refused that refused enters acting: not now");
  });

  test("is not entered while the mode observes, is asked for while it asks, and the mode is changed while it runs", async () => {
    await using w = await world(open, [actor({ acts: true })]);
    await w.client.addRule({ kind: "mode", selector: { machine: "actor" }, value: "observe", ...ana });
    await w.start("a");
    await w.isHeld("a", "mode");
    const entry = (await w.client.history({ key: "a" })).find(({ kind }) => kind === "held");
    assert.match(entry?.error?.message ?? "", /^would enter acting, and only observes: ana: because/);
    await w.client.addRule({ kind: "mode", selector: { machine: "actor" }, value: "ask", ...ana });
    await w.isHeld("a", "ask");
    await w.start("tame", {}, { env: "test" });
    await w.isHeld("tame", "ask");
    await w.client.addRule({ kind: "mode", selector: { machine: "actor", labels: { env: "test" } }, value: "act", ...ana });
    await w.is("tame", "acting");
    assert.equal((await w.show("a")).held?.kind, "ask");
    await w.client.answer({ ref: { key: "a" }, answer: "approve", ...ana });
    await w.is("a", "acting");
  });

  test("is not entered during a silence that holds, and is after its end", async () => {
    await using w = await world(open, [actor({ acts: true })]);
    await assert.rejects(w.client.addRule({ kind: "silence", selector: {}, value: "hold", ...ana }), { code: "BAD_RULE" });
    await w.client.addRule({ kind: "silence", selector: { labels: { region: "eu" } }, value: "hold", lasts: "2s", ...ana });
    await w.start("a", {}, { region: "eu" });
    await w.start("b", {}, { region: "us" });
    await w.isHeld("a", "silence");
    await w.is("b", "acting");
    await w.is("a", "acting");
  });

  test("pages nobody for what a silence covers, while it does", async () => {
    const failing = machine({
      name: "failing",
      data: z.object({}),
      start: "a",
      transitions: { a: [] },
      states: { a: async (it) => it.stuck("no") },
    });
    await using w = await world(open, [failing]);
    await w.client.addRule({ kind: "silence", selector: { labels: { region: "eu" } }, value: "mute", lasts: "3s", ...ana });
    await w.start("silent", {}, { region: "eu" });
    await w.is("silent", "stuck");
    const [page] = await w.client.pages({});
    assert.equal(page?.count, 1);
    await until("it pages when the silence has ended", () => w.pages.length === 1);
    const [rule] = await w.client.rules({ all: true });
    assert.ok(Date.now() > Date.parse(rule?.until ?? "") - 500);
    await w.client.addRule({ kind: "silence", selector: { labels: { region: "eu" } }, value: "mute", lasts: "1h", ...ana });
    await w.start("loud", {}, { region: "us" });
    await w.is("loud", "stuck");
    assert.equal((await w.client.pages({}))[0]?.count, 2);
  });

  test("holds those whom a person moves there too, as far as room and breakers go", async () => {
    await using w = await world(open, [actor({ limit: { most: 1 }, ask: { role: "dba", within: "10m", else: "stuck" } })]);
    await w.start("a");
    await w.isHeld("a", "ask");
    await w.client.move({ ref: { key: "a" }, state: "acting", ...ana });
    await w.is("a", "acting");
    await w.start("b");
    await w.isHeld("b", "ask");
    await w.client.move({ ref: { key: "b" }, state: "acting", ...ana });
    await w.isHeld("b", "limit");
    await w.client.cancel({ key: "b" }, ana);
    await w.is("b", "done");
  });

  test("is never entered by one too many, though several workers let in at the same instant", async () => {
    let inside = 0;
    let most = 0;
    const crowded = machine({
      name: "crowded",
      data: z.object({}),
      start: "wanting",
      transitions: { wanting: ["acting"], acting: ["left"], left: [] },
      policy: { acting: { limit: { most: 3 } } },
      states: {
        wanting: async (it) => it.to("acting"),
        async acting(it) {
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setTimeout(resolve, 5));
          inside--;
          return it.to("left");
        },
        left: async (it) => it.done(),
      },
    });
    await using w = await world(open, [crowded], 4);
    await Promise.all(Array.from({ length: 60 }, (_, n) => w.start(`x${n}`)));
    await until("all are done", async () => (await w.client.list({ status: "done" })).total === 60);
    assert.ok(most >= 2 && most <= 3, `${most} were inside at once`);
    assert.deepEqual(
      w.logged.filter((line) => /BUG|cannot ask/.test(line)),
      [],
    );
  });
});
