import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, createClient, type RolloutRequest, type Store, startWorker } from "../src/index.ts";
import { repairs } from "./rollout-machines.ts";
import { numbered, startMany } from "./start-many.ts";
import { overEveryStore, until } from "./stores.ts";

const ana = { by: "ana", why: "the switch is back" };
const poke = { kind: "move", name: "poked" } as const;

async function world(open: () => Promise<Store>, keys: readonly string[]) {
  const store = await open();
  const broken = new Set<string>();
  const machines = repairs(broken);
  for (const machine of machines) await startMany(store, machine, keys, {});
  const hire = () => startWorker({ store, machines, log: () => undefined, pager: async () => undefined });
  let worker = await hire();
  const client = createClient({ store, machines });
  const begin = (request: Partial<RolloutRequest>) =>
    client.startRollout({ act: poke, selection: { machine: "repair" }, gap: "100ms", ...ana, ...request });
  await until("all wait", async () => (await client.history({ machine: "repair", key: keys.at(-1) ?? "" })).length > 0);
  return {
    store,
    client,
    broken,
    begin,
    async restart() {
      await worker[Symbol.asyncDispose]();
      worker = await hire();
    },
    is: (name: string, state: string) => until(`${name} is ${state}`, async () => (await client.rollout(name)).state === state),
    isOver: (name: string) => until(`${name} is over`, async () => (await client.rollout(name)).status === "done"),
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** The keys that a transition to that state is in history of, each as often as it is. */
async function movedTo(store: Store, state: string): Promise<string[]> {
  const rows = await store.reads.query<{ key: string }>(
    `select i.key from fettle.history h join fettle.instance i on i.id = h.instance where h.to_state = $1 and h.kind = 'moved' order by i.key`,
    [state],
  );
  return rows.map(({ key }) => key);
}

const countIn = async (client: Client, state: string) => (await client.list({ machine: "repair", state, limit: 1 })).total;

overEveryStore("a rollout", (open) => {
  test("acts upon a first few, then twice as many each time, and on nobody twice", async () => {
    const keys = numbered("thing", 100);
    await using w = await world(open, keys);
    const begun = await w.begin({ gap: "1s" });
    assert.deepEqual([begun.total, begun.first, begun.gap, begun.haltAt], [100, 10, "1s", "5%"]);
    assert.match(begun.name, /^move-[a-z2-9]{4}$/);
    await w.isOver(begun.name);
    const over = await w.client.rollout(begun.name);
    assert.deepEqual(
      over.stages.map(({ acted }) => acted),
      [10, 20, 40, 30],
    );
    assert.deepEqual([over.acted, over.fine, over.failed, over.passed, over.rest], [100, 100, 0, 0, 0]);
    assert.deepEqual(await movedTo(w.store, "poked"), keys.toSorted());
    const [last] = await w.client.history({ machine: "repair", key: "thing 0" });
    assert.deepEqual([last?.by, last?.why], ["ana", `the switch is back (rollout ${begun.name})`]);
  });

  test("is for those that matched when it started, and passes over whom has changed since", async () => {
    const keys = numbered("thing", 4);
    await using w = await world(open, keys);
    const before = await w.begin({ name: "before", selection: { machine: "repair", state: "waiting" }, first: 1, gap: "1h" });
    await w.is("before", "watching");
    await until("one is acted upon", async () => (await movedTo(w.store, "poked")).length === 1);
    const [acted = ""] = await movedTo(w.store, "poked");
    const [gone = "", elsewhere = "", same = ""] = keys.filter((key) => key !== acted);
    await w.client.start({ machine: "repair", key: "new", input: {}, ...ana });
    await w.client.cancel({ machine: "repair", key: gone }, ana);
    await until("it has ended", async () => (await w.client.show({ machine: "repair", key: gone })).status === "done");
    await w.client.start({ machine: "repair", key: gone, input: {}, ...ana });
    await w.client.move({ ref: { machine: "repair", key: elsewhere }, state: "trying", ...ana });
    await until("it is elsewhere", async () => (await w.client.show({ machine: "repair", key: elsewhere })).state === "trying");
    await w.client.edit({ ref: { machine: "fettle/rollout", key: "before" }, set: { gap: "1ms" }, ...ana });
    await w.isOver("before");
    assert.deepEqual(await movedTo(w.store, "poked"), [acted, same].toSorted());
    const over = await w.client.rollout("before");
    assert.deepEqual([before.total, over.total, over.acted, over.passed, over.rest], [4, 4, 2, 2, 0]);
  });

  test("halts where too many fail, pages, and goes on as carefully as it began once a person says so", async () => {
    await using w = await world(open, numbered("thing", 30));
    for (const key of numbered("thing", 30)) w.broken.add(key);
    const { name } = await w.begin({ act: { kind: "move", name: "trying" }, first: 2 });
    await w.is(name, "halted");
    const halted = await w.client.rollout(name);
    assert.deepEqual([halted.acted, halted.failed, halted.rest, halted.stage], [2, 2, 28, 2]);
    assert.equal(halted.reason, "2 stuck or failing of 2 acted upon, more than 5%");
    const isPaged = async () => (await w.client.pages({})).some(({ say }) => say.startsWith("A rollout has halted"));
    await until("it pages", isPaged);
    w.broken.clear();
    await w.client.goOn(name, { by: "bo", why: "only those two are broken" });
    await w.isOver(name);
    const over = await w.client.rollout(name);
    assert.deepEqual(
      over.stages.map(({ acted }) => acted),
      [2, 2, 4, 8, 14],
    );
    assert.deepEqual([over.failed, over.fine], [2, 28]);
    await until("the page is resolved", async () => !(await isPaged()));
    const went = (await w.client.history({ machine: "fettle/rollout", key: name })).find(({ by }) => by === "bo");
    assert.deepEqual([went?.from, went?.to, went?.why], ["halted", "acting", "only those two are broken"]);
  });

  test("does not halt at few failures, and a word to go on that comes too early is not kept for later", async () => {
    await using w = await world(open, numbered("thing", 40));
    w.broken.add("thing 7");
    const { name } = await w.begin({ act: { kind: "move", name: "trying" }, first: 40, gap: "2s" });
    await assert.rejects(w.client.goOn(name, ana), { code: "NOT_HALTED" });
    await w.client.signal({ ref: { machine: "fettle/rollout", key: name }, signal: "go", ...ana });
    await w.isOver(name);
    assert.deepEqual([(await w.client.rollout(name)).failed, (await w.client.rollout(name)).fine], [1, 39]);
    for (const key of numbered("thing", 40)) w.broken.add(key);
    const second = await w.begin({ act: { kind: "move", name: "trying" }, first: 5, gap: "1s" });
    await w.client.signal({ ref: { machine: "fettle/rollout", key: second.name }, signal: "go", ...ana });
    await w.is(second.name, "halted");
    assert.equal((await w.client.rollout(second.name)).acted, 5);
  });

  test("halts while a breaker of its machines is open, and of no others", async () => {
    await using w = await world(open, numbered("thing", 10));
    const trip = (machine: string) =>
      w.store.reads.query("insert into fettle.breaker (machine, name, scope, opened) values ($1, 'fencing', 'eu', clock_timestamp())", [
        machine,
      ]);
    await trip("other");
    const { name } = await w.begin({ first: 2, gap: "1s" });
    await w.is(name, "watching");
    await trip("repair");
    await w.is(name, "halted");
    const halted = await w.client.rollout(name);
    assert.equal(halted.reason, "the breaker fencing of repair for eu is open");
    await w.client.goOn(name, ana);
    await until(
      "it has looked again",
      async () => (await w.client.history({ machine: "fettle/rollout", key: name })).filter(({ to }) => to === "halted").length === 2,
    );
    assert.equal((await w.client.rollout(name)).acted, halted.acted);
    await w.client.closeBreaker({ machine: "repair", name: "fencing", scope: "eu", ...ana });
    await w.client.goOn(name, ana);
    await w.isOver(name);
    assert.equal((await w.client.rollout(name)).fine, 10);
  });

  test("is paused over a restart, resumed, and cancelled like any instance", async () => {
    await using w = await world(open, numbered("thing", 20));
    const { name } = await w.begin({ first: 2, gap: "1s" });
    const rule = await w.client.addRule({ kind: "pause", selector: { machine: "fettle/rollout", key: name }, ...ana });
    await until("it has stopped", async () => (await w.client.rollout(name)).held?.kind === "pause");
    await w.restart();
    const stopped = await w.client.rollout(name);
    await w.begin({ name: "beside", act: { kind: "edit", payload: { set: { n: 1 } } }, first: 20 });
    await w.isOver("beside");
    assert.equal((await w.client.rollout(name)).acted, stopped.acted);
    await w.client.endRule(rule.id, ana);
    await until("it goes on", async () => (await w.client.rollout(name)).acted > stopped.acted);
    await w.client.cancel({ machine: "fettle/rollout", key: name }, ana);
    await w.isOver(name);
    const cancelled = await w.client.rollout(name);
    assert.ok(cancelled.rest > 0);
    assert.equal(cancelled.acted, 20 - cancelled.rest);
  });

  test("two at once each act upon all of theirs, once", async () => {
    const keys = numbered("thing", 60);
    await using w = await world(open, keys);
    const [one, other] = await Promise.all([
      w.begin({ name: "one", act: { kind: "edit", payload: { set: { n: 1 } } } }),
      w.begin({ name: "other", act: { kind: "edit", payload: { set: { n: 2 } } } }),
    ]);
    await Promise.all([w.isOver(one.name), w.isOver(other.name)]);
    const rows = await w.store.reads.query<{ why: string; count: number }>(
      "select why, count(*)::int as count from fettle.history where kind = 'edited' and by = 'ana' group by why order by why",
      [],
    );
    assert.deepEqual(rows, [
      { why: "the switch is back (rollout one)", count: 60 },
      { why: "the switch is back (rollout other)", count: 60 },
    ]);
  });

  test("retries, signals, cancels, and starts anew with the data that was or another", async () => {
    await using w = await world(open, numbered("thing", 6));
    const all = { first: 6, selection: { machine: "repair" } } as const;
    for (const key of numbered("thing", 6)) w.broken.add(key);
    await w.isOver((await w.begin({ ...all, act: { kind: "move", name: "trying" } })).name);
    w.broken.clear();
    const stuck = { machine: "repair", status: "stuck" } as const;
    await w.isOver((await w.begin({ ...all, selection: stuck, act: { kind: "retry" } })).name);
    await until("none is stuck", async () => (await w.client.list(stuck)).total === 0);
    await w.isOver((await w.begin({ ...all, act: { kind: "edit", payload: { set: { n: 5 } } } })).name);
    await w.isOver((await w.begin({ ...all, act: { kind: "move", name: "waiting" } })).name);
    await w.isOver((await w.begin({ ...all, act: { kind: "signal", name: "poke", payload: { hard: true } } })).name);
    await until("all are poked", async () => (await countIn(w.client, "poked")) === 6);
    await w.isOver((await w.begin({ ...all, act: { kind: "cancel" } })).name);
    await until("all are done", async () => (await w.client.list({ machine: "repair", status: "done" })).total === 6);
    await w.isOver((await w.begin({ ...all, act: { kind: "start" } })).name);
    const anew = await w.client.show({ machine: "repair", key: "thing 3" });
    assert.deepEqual([anew.run, anew.state, anew.data, anew.status], [2, "waiting", { n: 5 }, "running"]);
    await w.isOver((await w.begin({ ...all, act: { kind: "cancel" } })).name);
    await until("all are done", async () => (await w.client.list({ machine: "repair", status: "done" })).total === 6);
    await w.isOver((await w.begin({ ...all, act: { kind: "start", payload: { n: 9 } } })).name);
    assert.deepEqual((await w.client.show({ machine: "repair", key: "thing 3" })).data, { n: 9 });
  });

  test("is refused before anything is done where the act cannot be meant", async () => {
    await using w = await world(open, numbered("thing", 3));
    const refused: readonly (readonly [Partial<RolloutRequest>, string])[] = [
      [{ selection: { machine: "repair", labels: { no: "where" } } }, "NOTHING_SELECTED"],
      [{ act: { kind: "start" } }, "NOTHING_SELECTED"],
      [{ selection: {} }, "MIXED_SELECTION"],
      [{ act: { kind: "move", name: "nowhere" } }, "NO_SUCH_STATE"],
      [{ act: { kind: "move", name: "needy" } }, "NEEDS_DATA"],
      [{ act: { kind: "edit", payload: { set: { n: "text" } } } }, "BAD_DATA"],
      [{ act: { kind: "signal", name: "tickle" } }, "NO_SUCH_SIGNAL"],
      [{ act: { kind: "signal", name: "poke", payload: {} } }, "BAD_SIGNAL"],
      [{ first: 0 }, "BAD_INPUT"],
      [{ haltAt: "500%" }, "BAD_INPUT"],
      [{ gap: "soon" as never }, "BAD_DURATION"],
      [{ name: " " }, "BAD_KEY"],
    ];
    for (const [request, code] of refused) await assert.rejects(w.begin(request), { code }, JSON.stringify(request));
    await assert.rejects(w.client.rollout("nobody"), { code: "NO_SUCH_INSTANCE" });
    assert.deepEqual(await w.client.rollouts(), []);
    await w.begin({ name: "mine", gap: "1h" });
    await assert.rejects(w.begin({ name: "mine" }), { code: "ALREADY_RUNNING" });
    assert.deepEqual(
      (await w.client.rollouts()).map(({ name }) => name),
      ["mine"],
    );
  });
});
