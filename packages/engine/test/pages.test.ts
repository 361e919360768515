import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { type Client, createClient, machine, type Notice, none, type Page, type Store, startWorker, type Way } from "../src/index.ts";
import { overEveryStore, until } from "./stores.ts";

const who = { by: "test", why: "" };
const data = z.object({ error: z.string().optional(), parent: z.boolean().optional() });

/** Stuck with the error of its data; well again once it is told so. */
const breaks = machine({
  name: "breaks",
  data,
  signals: { mend: none },
  start: "trying",
  transitions: { trying: [] },
  policy: { trying: { retry: { attempts: 1 } } },
  states: {
    async trying(it) {
      if (it.take("mend") || !it.data.error) return it.done();
      throw new Error(it.data.error);
    },
  },
});

interface Heard extends Way {
  readonly notices: Notice[];
  isBroken: boolean;
}

function way(name: string, hears?: Way["hears"]): Heard {
  const notices: Notice[] = [];
  return {
    name,
    ...(hears && { hears }),
    notices,
    isBroken: false,
    async tell(notice) {
      if (this.isBroken) throw new Error(`${name} is broken`);
      notices.push(notice);
    },
  };
}

const acts = (heard: Heard) => heard.notices.map(({ act }) => act);

async function breakIt(client: Client, keys: readonly string[], error = "It is broken"): Promise<void> {
  for (const key of keys) await client.start({ machine: "breaks", key, input: { error }, ...who });
  for (const key of keys) await until(`${key} is stuck`, async () => (await client.show({ key })).status === "stuck");
}

async function mend(client: Client, key: string): Promise<void> {
  await client.signal({ ref: { key }, signal: "mend", ...who });
  await client.retry({ key }, who);
}

/** Lets time pass for pages: all that was told or will be is so much longer ago. */
async function pass(store: Store, span: string): Promise<void> {
  const moves = [
    "update fettle.delivery set at = at - $1::interval, due = due - $1::interval",
    "update fettle.way set tested = tested - $1::interval",
    "update fettle.page set opened = opened - $1::interval, called = called - $1::interval, next = next - $1::interval",
  ];
  for (const move of moves) await again(() => store.reads.query(move, [span]));
}

/** Two that lock the same rows in another order: Postgres ends one of them, and it may be this one. */
async function again(statement: () => Promise<unknown>): Promise<void> {
  await statement().catch((error: { code?: string }) => {
    if (error.code !== "SQL_40P01") throw error;
    return again(statement);
  });
}

const quiet = { log: () => undefined };

overEveryStore("pages", (open) => {
  test("many instances with errors that differ in names and numbers are one page with their count, and its end is told once", async () => {
    await using store = await open();
    const chat = way("chat");
    await using _worker = await startWorker({ store, machines: [breaks], pager: [chat], ...quiet });
    const client = createClient({ store, machines: [breaks] });
    const keys = Array.from({ length: 40 }, (_, index) => `prod-${index}`);
    for (const [index, key] of keys.entries()) {
      await client.start({ machine: "breaks", key, input: { error: `Cannot reach ${key}: no answer in ${index}s` }, ...who });
    }
    await until("all are counted", async () => (await client.pages({}))[0]?.victims === keys.length);
    assert.equal((await client.pages({})).length, 1);
    await until("it has called", () => chat.notices.length > 0);
    assert.deepEqual(acts(chat), ["open"]);
    for (const key of keys) await mend(client, key);
    await until("its end is told", () => acts(chat).includes("resolve"));
    assert.deepEqual(acts(chat), ["open", "resolve"]);
    const [page] = await client.pages({ all: true });
    assert.ok(page?.resolved);
    assert.deepEqual(page.deliveries.map(({ via, act, error }) => [via, act, error]).toReversed(), [
      ["chat", "open", null],
      ["chat", "resolve", null],
    ]);
  });

  test("another error of the same state is another page", async () => {
    await using store = await open();
    await using _worker = await startWorker({ store, machines: [breaks], pager: [way("chat")], ...quiet });
    const client = createClient({ store, machines: [breaks] });
    await breakIt(client, ["a"], "The disk is full");
    await breakIt(client, ["b"], "The disk is on fire");
    assert.equal((await client.pages({})).length, 2);
  });

  test("errors that no rule recognises as one call for the first five, and the rest are held back by the first of them", async () => {
    await using store = await open();
    const chat = way("chat");
    await using _worker = await startWorker({ store, machines: [breaks], pager: [chat], ...quiet });
    const client = createClient({ store, machines: [breaks] });
    for (const word of ["ash", "beech", "cedar", "date", "elm", "fir", "gum"]) await breakIt(client, [word], `The error is: ${word}y`);
    await until("the last are held back", async () => (await client.pages({})).filter((page) => page.suppressedBy).length === 2);
    const open_ = (await client.pages({})).toSorted((a, b) => a.id - b.id);
    assert.equal(open_[6]?.suppressedBy, open_[0]?.id);
    await until("the first have called", () => chat.notices.length === 5);
  });

  test("calls the next way when nobody acknowledges, also after a restart of every worker, and an acknowledgement ends it at once", async () => {
    await using store = await open();
    const [chat, phone, boss] = [way("chat"), way("phone"), way("boss")];
    const pager = [chat, { after: "15m", via: phone }, { after: "1h", via: boss }] as const;
    const client = createClient({ store, machines: [breaks] });
    {
      await using _worker = await startWorker({ store, machines: [breaks], pager, ...quiet });
      await breakIt(client, ["a"]);
      await until("it has called", () => chat.notices.length === 1);
      const [page] = await client.pages({});
      assert.deepEqual([page?.next?.act, page?.next?.via], ["open", ["phone"]]);
    }
    await pass(store, "16 minutes");
    await using _worker = await startWorker({ store, machines: [breaks], pager, ...quiet });
    await until("the next is called", () => phone.notices.length === 1);
    assert.deepEqual([acts(chat), acts(phone), acts(boss)], [["open"], ["open"], []]);
    await pass(store, "20 minutes");
    await until("both are called again", () => chat.notices.length === 2);
    assert.equal(acts(chat)[1], "repeat");
    const [page] = await client.pages({});
    const taken = await client.acknowledge(page?.id ?? 0, { by: "ana", why: "looking" });
    assert.equal(taken.next, null);
    await until(
      "who was called knows that it is taken on",
      () => acts(chat).includes("acknowledge") && acts(phone).includes("acknowledge"),
    );
    assert.equal(chat.notices.at(-1)?.page.acknowledged?.note, "looking");
    const before = [chat, phone, boss].map((each) => each.notices.length);
    await pass(store, "10 hours");
    await breakIt(client, ["b"], "Something else");
    await until("a later page has called, so that there was a look at all", () =>
      chat.notices.some(({ page: { say } }) => say === "Something else"),
    );
    assert.deepEqual([chat.notices.length, phone.notices.length, boss.notices.length], [(before[0] ?? 0) + 1, before[1], before[2]]);
  });

  test("an acknowledged page calls anew when it has more than twice the instances, and when it gets more severe", async () => {
    await using store = await open();
    const worsens = machine({
      name: "worsens",
      data: z.object({}),
      signals: { worse: none },
      start: "telling",
      transitions: { telling: [] },
      states: {
        async telling(it) {
          it.page({ severity: it.take("worse") ? "critical" : "warning", say: "hot", cause: "heat" });
          return it.wait("1h", {});
        },
      },
    });
    const chat = way("chat");
    const machines = [breaks, worsens];
    await using _worker = await startWorker({ store, machines, pager: [chat], ...quiet });
    const client = createClient({ store, machines });
    const opened = (say: string) => chat.notices.filter(({ act, page }) => act === "open" && page.say === say);
    await breakIt(client, ["a"]);
    await until("it has called", () => chat.notices.length === 1);
    const [page] = await client.pages({});
    await client.acknowledge(page?.id ?? 0, { by: "ana", why: "" });
    await breakIt(client, ["b"]);
    await until("the second is counted", async () => (await client.pages({}))[0]?.victims === 2);
    await pass(store, "2 hours");
    await client.start({ machine: "worsens", key: "w", input: {}, ...who });
    await until("another page has called, so that there was a look at all", () => opened("hot").length === 1);
    assert.deepEqual(
      chat.notices.filter(({ page: { say } }) => say === "It is broken").map(({ act }) => act),
      ["open", "acknowledge"],
    );
    await breakIt(client, ["c"]);
    await until("it calls anew", () => opened("It is broken").length === 2);
    const [first, second] = opened("It is broken");
    assert.equal(second?.page.acknowledged, null);
    assert.deepEqual([second?.formerToken, second?.token === first?.token], [first?.token, false]);

    await client.signal({ ref: { key: "w" }, signal: "worse", ...who });
    await until("it calls anew since it is more severe", () => opened("hot").length === 2);
    assert.deepEqual(
      opened("hot").map(({ page }) => page.severity),
      ["warning", "critical"],
    );
  });

  test("a page about a child is held back while one about its parent is open, and calls when that one is over", async () => {
    await using store = await open();
    const child = machine({
      name: "child",
      data: z.object({}),
      start: "a",
      transitions: { a: [] },
      states: { a: async (it) => it.stuck("down") },
    });
    const parent = machine({
      name: "parent",
      data: z.object({}),
      start: "a",
      transitions: { a: [] },
      states: {
        async a(it) {
          it.page({ severity: "critical", say: "The rack is dark", cause: "rack" });
          if ((await it.children()).length === 0) it.spawn(child, { key: "c", input: {} });
          return it.wait("1h", {});
        },
      },
    });
    const chat = way("chat");
    const machines = [parent, child];
    await using _worker = await startWorker({ store, machines, pager: [chat], ...quiet });
    const client = createClient({ store, machines });
    await client.start({ machine: "parent", key: "p", input: {}, ...who });
    const find = async (say: string): Promise<Page | undefined> => (await client.pages({})).find((page) => page.say === say);
    await until("it is held back", async () => typeof (await find("down"))?.suppressedBy === "number");
    const rack = await find("The rack is dark");
    assert.equal((await find("down"))?.suppressedBy, rack?.id);
    assert.deepEqual(chat.notices.filter(({ page }) => page.say === "down").length, 0);
    await client.acknowledge(rack?.id ?? 0, who);
    await pass(store, "20 seconds");
    await until("it calls", () => chat.notices.some(({ page }) => page.say === "down"));
  });

  test("a page names what it is related to, and is held back by the page about that", async () => {
    await using store = await open();
    const related = { machine: "breaks", key: "switch" };
    const names = machine({
      name: "names",
      data: z.object({}),
      start: "a",
      transitions: { a: [] },
      states: {
        async a(it) {
          it.page({ severity: "warning", say: "no link", related });
          return it.wait("1h", {});
        },
      },
    });
    const machines = [breaks, names];
    await using _worker = await startWorker({ store, machines, pager: [way("chat")], ...quiet });
    const client = createClient({ store, machines });
    await breakIt(client, ["switch"]);
    await client.start({ machine: "names", key: "n", input: {}, ...who });
    await until("it is held back", async () =>
      (await client.pages({})).some(({ say, suppressedBy }) => say === "no link" && suppressedBy !== null),
    );
  });

  test("a way that fails is tried again, and is on the attention list, with a page through the ways that work", async () => {
    await using store = await open();
    const [chat, phone] = [way("chat"), way("phone")];
    chat.isBroken = true;
    await using _worker = await startWorker({ store, machines: [breaks], pager: [chat, phone], ...quiet });
    const client = createClient({ store, machines: [breaks] });
    await breakIt(client, ["a"]);
    await until("the failure is told through the other", async () => {
      await pass(store, "10 minutes");
      return phone.notices.some(({ page }) => page.cause === "delivery:chat");
    });
    const cause = (await client.attention()).find(({ kind }) => kind === "engine");
    assert.match(cause?.say ?? "", /^chat does not take pages: chat is broken$/);
    assert.deepEqual(
      (await client.ways()).map(({ name, failing }) => [name, failing !== null]),
      [
        ["chat", true],
        ["phone", false],
      ],
    );
    const own = (await client.pages({})).find((page) => page.cause === "delivery:chat");
    assert.deepEqual([...new Set(own?.deliveries.map(({ via }) => via))], ["phone"]);
    chat.isBroken = false;
    await until("it gets through", async () => {
      await pass(store, "10 minutes");
      return chat.notices.length > 0;
    });
    await until("the attention list forgets it", async () => !(await client.attention()).some(({ kind }) => kind === "engine"));
  });

  test("the only way that fails is on the attention list, and no page goes in a loop", async () => {
    await using store = await open();
    const chat = way("chat");
    chat.isBroken = true;
    await using _worker = await startWorker({ store, machines: [breaks], pager: [chat], ...quiet });
    const client = createClient({ store, machines: [breaks] });
    await breakIt(client, ["a"]);
    await until("it is on the list", async () => {
      await pass(store, "10 minutes");
      return (await client.attention()).some(({ kind }) => kind === "engine");
    });
    await until(
      "its page was looked at",
      async () => (await client.pages({})).find(({ cause }) => cause === "delivery:chat")?.victims === 1,
    );
    assert.deepEqual((await client.pages({})).find(({ cause }) => cause === "delivery:chat")?.deliveries, []);
  });

  test("a test goes through every way, or the one that is named, and calls nobody", async () => {
    await using store = await open();
    const [chat, phone] = [way("chat"), way("phone")];
    const client = createClient({ store, machines: [breaks] });
    await assert.rejects(client.testPager(who), { code: "NO_SUCH_WAY" });
    await using _worker = await startWorker({ store, machines: [breaks], pager: [chat, { after: "1h", via: phone }], ...quiet });
    await until("the ways are known", async () => (await client.ways()).length === 2);
    await client.testPager(who);
    await until("both are tested", () => chat.notices.length === 1 && phone.notices.length === 1);
    await client.testPager({ via: "phone", ...who });
    await until("the one is tested", () => phone.notices.length === 2);
    assert.deepEqual([acts(chat), acts(phone)], [["test"], ["test", "test"]]);
    assert.deepEqual([await client.pages({}), await client.attention()], [[], []]);
    await assert.rejects(client.testPager({ via: "fax", ...who }), { code: "NO_SUCH_WAY", fix: "The ways are chat, phone" });
  });

  test("the ways are tested by themselves when their last test is too long ago, once for all workers", async () => {
    await using store = await open();
    const chat = way("chat");
    const options = { store, machines: [breaks], pager: [chat], pagerTest: "1h", ...quiet } as const;
    const client = createClient({ store, machines: [breaks] });
    {
      await using _worker = await startWorker(options);
      await until("the way is known", async () => (await client.ways()).length === 1);
    }
    assert.deepEqual(acts(chat), []);
    await pass(store, "2 hours");
    await using _first = await startWorker(options);
    await using _second = await startWorker(options);
    await until("it is tested", () => chat.notices.length > 0);
    await until("both have looked", async () => (await client.workers()).length === 2);
    assert.deepEqual(acts(chat), ["test"]);
  });

  test("something due and nothing committed is a page, which ends when something is", async () => {
    await using store = await open();
    const release = Promise.withResolvers<void>();
    const hangs = machine({
      name: "hangs",
      data: z.object({}),
      start: "a",
      transitions: { a: [] },
      policy: { a: { timeout: "10m" } },
      states: {
        async a(it) {
          await release.promise;
          return it.done();
        },
      },
    });
    const chat = way("chat");
    await using _worker = await startWorker({ store, machines: [hangs], pager: [chat], idle: "500ms", concurrency: 1, ...quiet });
    const client = createClient({ store, machines: [hangs] });
    for (const key of ["x", "y"]) await client.start({ machine: "hangs", key, input: {}, ...who });
    await until("it pages", () => chat.notices.length > 0);
    assert.match(chat.notices[0]?.page.say ?? "", /^Something has been due for .+, and nothing was committed for .+$/);
    release.resolve();
    await until("it is over", () => acts(chat).includes("resolve"));
    assert.deepEqual(acts(chat), ["open", "resolve"]);
  });
});
