import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { openStore, type Store } from "../src/index.ts";
import type { Wish } from "../src/policy/guard.ts";
import { admit, type Verdict } from "../src/store/admit.ts";
import type { InstanceRow } from "../src/store/change.ts";
import { commit, type Lease } from "../src/store/commit.ts";
import { takeRanges } from "../src/store/lease-ranges.ts";
import { readInstances } from "../src/store/read-instances.ts";
import { registerWorker } from "../src/store/register-worker.ts";
import { rangeOfId } from "../src/store/slot.ts";
import { startRun } from "../src/store/start-run.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

const owner = "11111111-1111-4111-8111-111111111111";
const plain: Omit<Wish, "gates" | "limit" | "breakers"> = { state: "acting", ask: null, budgets: [] };
const asking = { entering: true, approved: false, byPerson: false };

interface Arena {
  readonly store: Store;
  readonly leases: ReadonlyMap<number, Lease>;
}

/** Instances of the machine `m` in the state `wanting`. */
async function rows({ store }: Arena, keys: readonly string[], labels: Readonly<Record<string, string>> = {}): Promise<InstanceRow[]> {
  for (const key of keys) {
    const run = { machine: "m", key, version: 1, state: "wanting", data: "{}", labels, deadlines: [], again: true, by: "", why: "" };
    await startRun(store.reads, run);
  }
  const ids = await store.reads.query<{ id: number }>(
    "select id::float8 as id from fettle.instance where machine = 'm' and key = any ($1)",
    [keys],
  );
  return readInstances(
    store.reads,
    ids.map(({ id }) => id),
  );
}

/** Asks, and enters where it may: what a worker does. */
async function enter({ store, leases }: Arena, row: InstanceRow, wish: Wish): Promise<Verdict> {
  const lease = leases.get(rangeOfId(row.id)) as Lease;
  const verdict = await admit(store.reads, lease, row, { ...wish, ...asking });
  if (verdict.kind === "enter") await go({ store, leases }, row, "acting");
  return verdict;
}

async function go({ store, leases }: Arena, row: InstanceRow, state: string): Promise<void> {
  const { lost } = await commit(
    store.reads,
    [leases.get(rangeOfId(row.id)) as Lease],
    [
      {
        id: row.id,
        rev: row.rev,
        version: 1,
        state,
        entered: true,
        status: "running",
        due: 0,
        attempt: 0,
        firstFailure: null,
        error: null,
        data: null,
        result: null,
        history: { kind: "moved", from: row.state, attempt: 1, took: 0, detail: null, by: "", why: "" },
        effects: {},
        tellsParent: false,
      },
    ],
  );
  assert.equal(lost.size, 0);
}

const limit = (most: number | null, rate: { most: number; ms: number } | null = null): Wish => ({
  ...plain,
  gates: ["limit m"],
  limit: { key: "", priority: 0, most, rateMost: rate?.most ?? null, ratePer: rate?.ms ?? null, rateText: "a while" },
  breakers: [],
});

const breaker = (most: { number: number } | { share: number }, atLeast: number): Wish => ({
  ...plain,
  gates: ["breaker m"],
  limit: null,
  breakers: [
    {
      name: "b",
      guards: ["acting"],
      state: "acting",
      of: "m",
      by: null,
      most: "number" in most ? most.number : null,
      share: "share" in most ? most.share : null,
      atLeast,
    },
  ],
});

describe("admission, on Postgres", () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  async function arena(): Promise<Arena & AsyncDisposable> {
    const store = await openStore({ url: await server.database() });
    await registerWorker(store.reads, { id: owner, host: "test", pid: 1, lease: 600_000 });
    const leases = new Map((await takeRanges(store.reads, owner, 64)).map((lease) => [lease.range, lease]));
    return { store, leases, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  }

  async function clear({ store }: Arena): Promise<void> {
    await store.reads.query(
      "truncate fettle.instance, fettle.permit, fettle.line, fettle.entry, fettle.breaker, fettle.attention, fettle.page, fettle.delivery",
    );
  }

  test("lets in as many as there is room for, whoever leaves and in whatever order", async () => {
    await using a = await arena();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(fc.nat({ max: 5 }), { maxLength: 25 }), async (most, steps) => {
        await clear(a);
        const keys = ["a", "b", "c", "d", "e", "f"];
        const inside = new Set<string>();
        await rows(a, keys);
        for (const step of steps) {
          const key = keys[step] as string;
          const [row] = await rowsNow(a, [key]);
          if (!row) throw new Error(`${key} is gone`);
          // Places in the line are another test: here nobody stands in it.
          await a.store.reads.query("truncate fettle.line");
          if (inside.delete(key)) await go(a, row, "wanting");
          else {
            const { kind } = await enter(a, row, limit(most));
            assert.equal(kind, inside.size < most ? "enter" : "held");
            if (kind === "enter") inside.add(key);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test("lets in no more within a window than its rate, wherever the window lies", async () => {
    await using a = await arena();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 12 }),
        async (most, gaps) => {
          await clear(a);
          const [row] = await rows(a, ["x"]);
          if (!row) throw new Error("x is gone");
          // The past is moved away from the present instead of waiting: a second of the model is a minute.
          const entries: number[] = [];
          let now = 0;
          for (const gap of gaps) {
            now += gap;
            await a.store.reads.query("update fettle.entry set at = at - $1::float8 * interval '1 minute'", [gap]);
            const [present] = await rowsNow(a, ["x"]);
            const { kind } = await enter(a, present as InstanceRow, limit(null, { most, ms: 60 * 60_000 }));
            const recent = entries.filter((at) => now - at < 60).length;
            assert.equal(kind, recent < most ? "enter" : "held", `${gaps} at ${now}`);
            if (kind === "enter") {
              entries.push(now);
              const [entered] = await rowsNow(a, ["x"]);
              await go(a, entered as InstanceRow, "wanting");
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("trips a breaker where one more would be too many of the population, and enough of them", async () => {
    await using a = await arena();
    const most = fc.oneof(
      fc.integer({ min: 0, max: 6 }).map((number) => ({ number })),
      fc.integer({ min: 0, max: 100 }).map((percent) => ({ share: percent / 100 })),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), most, fc.integer({ min: 1, max: 5 }), async (population, limitOf, atLeast) => {
        await clear(a);
        const all = await rows(
          a,
          Array.from({ length: population }, (_, n) => `k${n}`),
        );
        let inside = 0;
        let isOpen = false;
        for (const row of all) {
          const threshold = "number" in limitOf ? limitOf.number : population * limitOf.share;
          isOpen ||= inside + 1 >= atLeast && inside + 1 > threshold;
          const { kind } = await enter(a, row, breaker(limitOf, atLeast));
          assert.equal(kind, isOpen ? "held" : "enter", `${inside} of ${population} were inside`);
          if (kind === "enter") inside++;
        }
        const pages = await a.store.reads.query<{ count: number }>("select count::int from fettle.page");
        assert.deepEqual(pages, isOpen ? [{ count: 1 }] : [], "opening pages once");
      }),
      { numRuns: 40 },
    );
  });

  test("counts a budget over all runs of a key, within its time, from a person's last retry", async () => {
    await using a = await arena();
    const event = fc.record({ gap: fc.integer({ min: 0, max: 40 }), isRetry: fc.nat({ max: 5 }).map((n) => n === 0) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(event, { maxLength: 12 }), async (most, events) => {
        await clear(a);
        await a.store.reads.query("truncate fettle.history");
        await rows(a, ["x"]);
        const wish: Wish = { ...plain, gates: [], limit: null, breakers: [], budgets: [{ most, within: 60 * 60_000 }] };
        let entries: number[] = [];
        let now = 0;
        for (const { gap, isRetry } of events) {
          now += gap;
          await a.store.reads.query("update fettle.history set at = at - $1::float8 * interval '1 minute'", [gap]);
          const [row] = await rowsNow(a, ["x"]);
          if (!row) throw new Error("x is gone");
          if (isRetry) {
            await a.store.reads.query(
              `insert into fettle.history (slot, instance, run, step, kind, attempt, by, why)
               select slot, id, run, step, 'retried', 0, 'ana', '' from fettle.instance`,
            );
            entries = [];
            continue;
          }
          const { kind } = await enter(a, row, wish);
          assert.equal(kind, entries.filter((at) => now - at < 60).length < most ? "enter" : "spent", JSON.stringify(events));
          if (kind !== "enter") continue;
          entries.push(now);
          const [entered] = await rowsNow(a, ["x"]);
          await go(a, entered as InstanceRow, "wanting");
        }
      }),
      { numRuns: 30 },
    );
  });

  test("lets in not one too many, of a limit and of a breaker, though 16 connections ask at the same instant", async () => {
    await using a = await arena();
    const url = a.store.address();
    assert.equal(url.kind, "postgres");
    const stores = await Promise.all(Array.from({ length: 16 }, () => openStore({ url: (url as { url: string }).url })));
    try {
      for (let round = 0; round < 10; round++) {
        for (const wish of [limit(3), breaker({ number: 3 }, 1)]) {
          await clear(a);
          const all = await rows(
            a,
            Array.from({ length: 48 }, (_, n) => `r${n}`),
          );
          const verdicts = await Promise.all(
            all.map((row, n) => enter({ store: stores[n % stores.length] as Store, leases: a.leases }, row, wish)),
          );
          assert.equal(verdicts.filter(({ kind }) => kind === "enter").length, 3);
        }
      }
    } finally {
      for (const store of stores) await store[Symbol.asyncDispose]();
    }
  });

  test("gives a permit that is void when its worker dies, when the row goes another way, and when it is asked for what was not read", async () => {
    await using a = await arena();
    const [first, second] = (await rows(a, ["first", "second"])) as [InstanceRow, InstanceRow];
    const ask = (row: InstanceRow, lease: Lease) => admit(a.store.reads, lease, row, { ...limit(1), ...asking });
    const leaseOf = (row: InstanceRow) => a.leases.get(rangeOfId(row.id)) as Lease;
    assert.equal((await ask(first, leaseOf(first))).kind, "enter");
    assert.equal((await ask(second, leaseOf(second))).kind, "held");
    // The worker of the first is gone before it commits: another one takes its range.
    await a.store.reads.query("update fettle.lease set epoch = epoch + 1 where range = $1", [rangeOfId(first.id)]);
    assert.equal((await ask(first, leaseOf(first))).kind, "lost");
    assert.equal((await ask(second, leaseOf(second))).kind, "enter");
    const taken = { ...leaseOf(first), epoch: leaseOf(first).epoch + 1 };
    assert.equal((await ask(first, taken)).kind, "held");
    await go(a, second, "elsewhere");
    assert.equal((await ask(first, taken)).kind, "enter");
    assert.equal((await ask({ ...first, rev: first.rev - 1 }, taken)).kind, "lost");
  });
});

async function rowsNow({ store }: Arena, keys: readonly string[]): Promise<InstanceRow[]> {
  const ids = await store.reads.query<{ id: number }>(
    "select id::float8 as id from fettle.instance where machine = 'm' and key = any ($1)",
    [keys],
  );
  return readInstances(
    store.reads,
    ids.map(({ id }) => id),
  );
}
