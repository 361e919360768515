import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import { cron, FettleError, type Machine, machine, none } from "../index.ts";
import { nextAttempt, wishOf } from "../machine/retry.ts";
import { testWorld } from "../testing/index.ts";

const nothing = z.object({});

describe("a signal that leads somewhere", () => {
  const service = machine({
    name: "service",
    data: nothing,
    signals: { destroy: none, hurry: none },
    start: "waiting",
    transitions: { waiting: ["working", "destroying"], working: ["waiting", "destroying"], destroying: [] },
    on: { destroy: "destroying" },
    policy: { waiting: { on: { hurry: "working" } } },
    states: {
      waiting: async (it) => it.wait("7d", {}),
      working: async (it) => it.wait("7d", {}),
      destroying: async (it) => it.wait("7d", {}),
    },
  });

  test("causes its transition during the handler's wait, and history says by which it was", async () => {
    const t = testWorld([service]);
    await t.start(service, "x", {});
    await t.signal(service, "x", "hurry");
    assert.equal(t.show(service, "x").state, "working");
    await t.signal(service, "x", "destroy");
    assert.equal(t.show(service, "x").state, "destroying");
  });

  test("waits where it leads nowhere", async () => {
    const t = testWorld([service]);
    await t.start(service, "x", {});
    await t.signal(service, "x", "hurry");
    await t.signal(service, "x", "hurry");
    assert.equal(t.show(service, "x").state, "working");
  });

  test("goes before the handler", async () => {
    let ran = 0;
    const counted = machine({
      name: "counted",
      data: nothing,
      signals: { stop: none },
      start: "a",
      transitions: { a: ["b"], b: [] },
      on: { stop: "b" },
      states: {
        async a(it) {
          ran++;
          return it.wait("1h");
        },
        b: async (it) => it.done(),
      },
    });
    const t = testWorld([counted]);
    await t.begin(counted, "x", {});
    await t.signal(counted, "x", "stop");
    assert.deepEqual([t.show(counted, "x").status, ran], ["done", 0]);
  });
});

describe("what a state needs", () => {
  test("is asked for at run time too, where types were not looked at", async () => {
    const careless = machine({
      name: "careless",
      data: z.object({ candidate: z.string().optional() }),
      start: "a",
      transitions: { a: ["b"], b: [] },
      needs: { b: ["candidate"] },
      states: { a: async (it) => it.to("b", {} as { candidate: string }), b: async (it) => it.done(it.data.candidate.length) },
    });
    const t = testWorld([careless]);
    await t.start(careless, "x", {});
    const seen = t.show(careless, "x");
    assert.deepEqual([seen.status, seen.state, seen.error?.code], ["stuck", "a", "NEEDS_DATA"]);
  });
});

describe("an error", () => {
  const throwing = (error: unknown) =>
    machine({
      name: "throwing",
      data: nothing,
      start: "a",
      transitions: { a: [] },
      policy: { a: { retry: { attempts: 3, first: "1s" } } },
      states: {
        async a() {
          throw error;
        },
      },
    });

  test("that is not retryable is stuck at its first attempt, whatever it is", async () => {
    for (const error of [Object.assign(new Error("no"), { retryable: false }), new FettleError("NO", "no", { retryable: false })]) {
      const m = throwing(error);
      const t = testWorld([m]);
      await t.start(m, "x", {});
      assert.equal(t.show(m, "x").status, "stuck");
    }
  });

  test("that asks to be left alone is, and longer than the back-off where that is longer", async () => {
    const m = throwing(new FettleError("BUSY", "come back later", { after: "30s" }));
    const t = testWorld([m]);
    await t.start(m, "x", {});
    assert.equal(t.next()?.getTime(), t.now().getTime() + 30_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 1, max: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (after, count, random) => {
          const failures = { count, first: 0, now: 0 };
          const plain = nextAttempt(undefined, failures, random) as number;
          assert.equal(nextAttempt(undefined, { ...failures, after }, random), Math.max(plain, after));
        },
      ),
    );
  });

  test("says nothing of its retry with what is no duration", () => {
    for (const error of [undefined, null, "text", {}, { after: 30 }, { after: "soon" }, { retryable: 0 }, new Error("x")])
      assert.deepEqual(wishOf(error), { retryable: true, after: 0 });
  });
});

describe("a wait for a cron", () => {
  const nightly = (missed: "once" | "skip") => {
    const times = cron("0 3 * * *", { zone: "Europe/Berlin", missed });
    const worked: string[] = [];
    const backup = machine({
      name: "backup",
      data: nothing,
      signals: { look: none },
      start: "idle",
      transitions: { idle: ["working"], working: ["idle"] },
      policy: { idle: { retry: { attempts: 9 } } },
      states: {
        async idle(it) {
          it.take("look");
          return (await it.struck()) ? it.to("working") : it.wait(times);
        },
        async working(it) {
          worked.push(it.now().toISOString());
          return it.to("idle");
        },
      },
    });
    return { backup, worked };
  };

  test("strikes at the wall clock's time, once each time, whatever else wakes the handler", async () => {
    const { backup, worked } = nightly("once");
    const t = testWorld([backup]);
    await t.start(backup, "x", {});
    await t.advance("26h");
    await t.signal(backup, "x", "look");
    await t.advance("24h");
    assert.deepEqual(worked, ["2030-01-01T02:00:00.000Z", "2030-01-02T02:00:00.000Z", "2030-01-03T02:00:00.000Z"].slice(0, worked.length));
    assert.equal(worked.length, 3);
  });

  test("that was missed while nothing ran counts once, or is skipped, as it says", async () => {
    for (const [missed, count] of [
      ["once", 1],
      ["skip", 0],
    ] as const) {
      const { backup, worked } = nightly(missed);
      const t = testWorld([backup]);
      await t.start(backup, "x", {});
      t.stall("75h");
      await t.signal(backup, "x", "look");
      assert.equal(worked.length, count, missed);
      await t.advance("24h");
      assert.equal(worked.length, count + 1, missed);
    }
  });
});

describe("a deadline that progress puts off", () => {
  const slow = machine({
    name: "slow",
    data: z.object({ left: z.number() }),
    signals: { go: none },
    start: "copying",
    transitions: { copying: ["copying", "copied"], copied: [] },
    deadlines: [
      { reach: "copied", within: "5m", extend: { by: "2m", most: "15m" }, page: { severity: "critical", say: "the copy is late" } },
      { reach: "copied", within: "1h", page: { severity: "info", say: "an hour" } },
    ],
    states: {
      async copying(it) {
        if (it.data.left === 0) return it.to("copied");
        it.progress();
        return it.wait("1m", { left: it.data.left - 1 });
      },
      copied: async (it) => it.done(),
    },
  });

  test("pages nobody while it gets on, and once when it has come to its cap", async () => {
    const t = testWorld([slow]);
    await t.start(slow, "x", { left: 30 });
    await t.advance("14m");
    assert.deepEqual(t.pages(), []);
    await t.advance("2m");
    assert.deepEqual(t.pages(), ["the copy is late"]);
    await t.advance("20m");
    assert.deepEqual(t.pages(), [], "what was late has been reached");
  });

  test("pages when progress ends", async () => {
    const stops = machine({
      ...definitionOf(slow),
      name: "stops",
      states: { copying: async (it) => it.wait("7d", {}), copied: async (it) => it.done() },
    });
    const t = testWorld([stops]);
    await t.start(stops, "x", { left: 1 });
    await t.advance("6m");
    assert.deepEqual(t.pages(), ["the copy is late"]);
  });

  function definitionOf({ deadlines }: Machine) {
    return {
      data: z.object({ left: z.number() }),
      start: "copying" as const,
      transitions: { copying: ["copied"], copied: [] } as const,
      deadlines: deadlines as never,
    };
  }
});
