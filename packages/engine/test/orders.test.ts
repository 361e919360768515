import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { type Client, createClient, machine, none, type Store, startWorker } from "../src/index.ts";
import { overEveryStore, until } from "./stores.ts";

const ana = { by: "ana", why: "because" };
const data = z.object({ n: z.number(), note: z.string().optional() });

/** Goes where its key says, and stays there. */
const walker = (entered: string[], aborted: string[]) =>
  machine({
    name: "walker",
    data,
    signals: { wake: none },
    start: "a",
    transitions: { a: ["b"], b: [], c: [] },
    needs: { c: ["note"] },
    policy: { a: { retry: { attempts: 3, first: "1h", cap: "1h" }, timeout: "10m" } },
    states: {
      async a(it) {
        it.take("wake");
        if (it.data.n > 100) return it.done(it.data.n);
        if (/^(waits|paused)/.test(it.key)) return it.wait("1h", {});
        if (it.key.startsWith("fails")) throw new Error("it fails");
        if (it.key.startsWith("stuck")) return it.stuck("a person must look");
        if (it.key.startsWith("runs")) {
          entered.push(it.key);
          await new Promise((resolve) => it.abort.addEventListener("abort", resolve, { once: true }));
          aborted.push(it.key);
          return it.done("too late");
        }
        return it.done();
      },
      b: async (it) => it.wait("1h", {}),
      c: async (it) => it.wait("1h", {}),
    },
  });

const gone = machine({ name: "gone", data, start: "a", transitions: { a: [] }, states: { a: async (it) => it.wait("1h", {}) } });

async function world(open: () => Promise<Store>) {
  const store = await open();
  const entered: string[] = [];
  const aborted: string[] = [];
  const machines = [walker(entered, aborted)];
  const worker = await startWorker({ store, machines, log: () => {} });
  const client = createClient({ store, machines });
  return {
    store,
    client,
    entered,
    aborted,
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

type World = Awaited<ReturnType<typeof world>>;

const pause = (key: string) => ({ kind: "pause" as const, selector: { key }, ...ana });

/** Every state that a run can be in, and how it comes there. */
const situations: Readonly<Record<string, (w: World, key: string) => Promise<void>>> = {
  async waits({ client }, key) {
    await client.start({ machine: "walker", key, input: { n: 0 }, ...ana });
    await until("it waits", async () => Date.parse((await client.show({ key })).due ?? "") > Date.now() + 60_000);
  },
  async runs({ client, entered }, key) {
    await client.start({ machine: "walker", key, input: { n: 0 }, ...ana });
    await until("its handler runs", () => entered.includes(key));
  },
  async fails({ client }, key) {
    await client.start({ machine: "walker", key, input: { n: 0 }, ...ana });
    await until("it has failed", async () => (await client.show({ key })).attempt === 1);
  },
  async stuck({ client }, key) {
    await client.start({ machine: "walker", key, input: { n: 0 }, ...ana });
    await until("it is stuck", async () => (await client.show({ key })).status === "stuck");
  },
  async paused({ client }, key) {
    await client.start({ machine: "walker", key, input: { n: 0 }, ...ana });
    await client.addRule(pause(key));
  },
  async done({ client }, key) {
    await client.start({ machine: "walker", key, input: { n: 0 }, ...ana });
    await until("it is done", async () => (await client.show({ key })).status === "done");
  },
  async unknown({ store }, key) {
    await createClient({ store, machines: [gone] }).start({ machine: "gone", key, input: { n: 0 }, ...ana });
  },
};

const isIn = (client: Client, key: string, state: string) => async () => (await client.show({ key })).state === state;

/** Every command, and how one sees that it worked. */
const commands: Readonly<Record<string, (w: World, key: string) => Promise<void>>> = {
  async retry({ client }, key) {
    await client.retry({ key }, ana);
    // Of one that runs it has its turn when the handler is back; one that no worker knows, when a worker does.
    if (key.startsWith("unknown") || key.startsWith("runs")) return;
    await until(`${key} is retried`, async () =>
      (await client.history({ key })).some(({ kind, by }) => kind === "retried" && by === "ana"),
    );
  },
  async move({ client }, key) {
    await client.move({ ref: { key }, state: "b", patch: { note: "moved" }, ...ana });
    await until(`${key} is in b`, isIn(client, key, "b"));
    const [entry] = (await client.history({ key })).filter(({ to }) => to === "b");
    assert.deepEqual([entry?.by, entry?.why], ["ana", "because"]);
    assert.equal(((await client.show({ key })).data as { note?: string }).note, "moved");
  },
  async edit({ client }, key) {
    const changes = await client.edit({ ref: { key }, set: { note: "edited" }, ...ana });
    assert.deepEqual(changes, [{ field: "note", after: "edited" }]);
    if (key.startsWith("runs")) return;
    await until(`${key} is edited`, async () => ((await client.show({ key })).data as { note?: string }).note === "edited");
    const entry = (await client.history({ key })).find(({ kind }) => kind === "edited");
    assert.deepEqual([entry?.by, entry?.edits], ["ana", changes]);
  },
  async pause({ client }, key) {
    const rule = await client.addRule(pause(key));
    assert.deepEqual(
      (await client.rules({})).filter(({ selector }) => selector.key === key).map(({ id }) => id),
      [rule.id],
    );
    assert.ok((await client.history({ key })).some(({ kind, by }) => kind === "paused" && by === "ana"));
  },
  async resume({ client }, key) {
    const rule = await client.addRule(pause(key));
    await client.endRule(rule.id, ana);
    assert.ok((await client.history({ key })).some(({ kind, by }) => kind === "resumed" && by === "ana"));
    await assert.rejects(client.endRule(rule.id, ana), { code: "NO_SUCH_RULE" });
  },
  async cancel({ client }, key) {
    await client.cancel({ key }, ana);
    await until(`${key} is done`, async () => (await client.show({ key })).status === "done");
    const [entry] = await client.history({ key });
    assert.deepEqual([entry?.kind, entry?.by, entry?.why], ["cancelled", "ana", "because"]);
  },
  async signal({ client }, key) {
    await client.signal({ ref: { key }, signal: "wake", ...ana });
  },
};

/** What cannot be done, and the code that says why. */
const refusals: Readonly<Record<string, string>> = {
  "done retry": "NOT_RUNNING",
  "done move": "NOT_RUNNING",
  "done edit": "NOT_RUNNING",
  "done cancel": "NOT_RUNNING",
  "done signal": "NOT_RUNNING",
  "unknown move": "NO_SUCH_MACHINE",
  "unknown edit": "NO_SUCH_MACHINE",
  "unknown signal": "NO_SUCH_MACHINE",
};

overEveryStore("what a person orders", (open) => {
  test("works in every state that a run can be in, or says why not", async () => {
    await using w = await world(open);
    for (const [situation, arrange] of Object.entries(situations)) {
      for (const [name, order] of Object.entries(commands)) {
        const key = `${situation}-${name}`;
        await arrange(w, key);
        const code = refusals[`${situation} ${name}`];
        if (code === undefined)
          await order(w, key).catch((cause: unknown) => assert.fail(`${name} of one that ${situation}: ${String(cause)}`));
        else await assert.rejects(order(w, key), (error: { code?: string; fix?: string }) => error.code === code && !!error.fix, key);
      }
    }
  });

  test("aborts the handler that runs, and voids its outcome, where it ends or moves the instance", async () => {
    await using w = await world(open);
    for (const name of ["cancel", "move"] as const) {
      const key = `runs-${name}`;
      await situations["runs"]?.(w, key);
      await commands[name]?.(w, key);
      await until("its handler is aborted", () => w.aborted.includes(key));
      assert.notEqual((await w.client.show({ key })).result, "too late");
    }
  });

  test("is obeyed one after the other, in the order in which it came", async () => {
    await using w = await world(open);
    await situations["stuck"]?.(w, "stuck-many");
    const ref = { key: "stuck-many" };
    await w.client.edit({ ref, set: { n: 1 }, ...ana });
    await w.client.edit({ ref, set: { n: 2 }, ...ana });
    await w.client.move({ ref, state: "b", ...ana });
    await until("it is in b", isIn(w.client, "stuck-many", "b"));
    const entries = (await w.client.history(ref)).filter(({ by, kind }) => by === "ana" && kind !== "started");
    assert.deepEqual(
      entries.map(({ kind, edits }) => edits?.[0]?.after ?? kind),
      ["moved", 2, 1],
    );
    assert.equal((await w.client.attention()).length, 0);
  });

  test("an edit that the machine does not accept changes nothing, and one of a stuck instance leaves it stuck", async () => {
    await using w = await world(open);
    await situations["stuck"]?.(w, "stuck-edit");
    const ref = { key: "stuck-edit" };
    await assert.rejects(w.client.edit({ ref, set: { n: "text" }, ...ana }), { code: "BAD_DATA" });
    await assert.rejects(w.client.edit({ ref, remove: ["n"], ...ana }), { code: "BAD_DATA" });
    await assert.rejects(w.client.move({ ref, state: "c", ...ana }), { code: "NEEDS_DATA" });
    await assert.rejects(w.client.move({ ref, state: "nowhere", ...ana }), { code: "NO_SUCH_STATE" });
    assert.deepEqual(await w.client.edit({ ref, set: { n: 0 }, ...ana }), []);
    await w.client.edit({ ref, set: { n: 500 }, ...ana });
    await until("it is edited", async () => ((await w.client.show(ref)).data as { n: number }).n === 500);
    assert.equal((await w.client.show(ref)).status, "stuck");
    await w.client.retry(ref, ana);
    await until("it is done", async () => (await w.client.show(ref)).result === 500);
  });

  test("a pause stops what it selects, survives a restart, ends by itself, and lets go what it stopped", async () => {
    await using store = await open();
    let ran = 0;
    const counting = machine({
      name: "counting",
      data,
      start: "a",
      transitions: { a: [] },
      states: {
        async a(it) {
          ran++;
          return it.wait("10ms");
        },
      },
    });
    const client = createClient({ store, machines: [counting] });
    const first = await startWorker({ store, machines: [counting], log: () => {} });
    await client.start({ machine: "counting", key: "x", input: { n: 0 }, labels: { region: "eu" }, ...ana });
    await until("it runs", () => ran > 2);
    const rule = await client.addRule({ kind: "pause", selector: { labels: { region: "eu" } }, ...ana });
    assert.equal((await client.show({ key: "x" })).held?.kind, "pause");
    assert.match((await client.show({ key: "x" })).held?.say ?? "", /paused by ana: because/);
    await until("it has stopped", () => stands(() => ran));
    await first[Symbol.asyncDispose]();
    await using _second = await startWorker({ store, machines: [counting], log: () => {} });
    const before = ran;
    await until("the second works", async () => (await client.workers()).some(({ slots }) => slots === 4096));
    assert.ok(await stands(() => ran));
    assert.equal(ran, before);
    await client.endRule(rule.id, ana);
    await until("it runs again", () => ran > before);
    await client.addRule({ kind: "pause", selector: { machine: "counting" }, lasts: "1s", ...ana });
    await until("it has stopped", () => stands(() => ran));
    const paused = ran;
    await until("it runs again by itself", () => ran > paused);
  });
});

/** True when a count stays the same for a while that would have seen it grow many times. */
async function stands(count: () => number): Promise<boolean> {
  const before = count();
  await new Promise((resolve) => setTimeout(resolve, 250));
  return count() === before;
}
