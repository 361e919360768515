import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { machine, none } from "../index.ts";
import { explore, runState, testWorld } from "./index.ts";

interface Outside {
  isUp: boolean;
  starts: string[];
}

const restart = (outside: Outside, isCareful = true) =>
  machine({
    name: "restart",
    data: z.object({ looks: z.number() }),
    signals: { stop: none },
    start: "looking",
    transitions: { looking: ["starting", "well"], starting: ["looking"], well: [] },
    deadlines: [{ reach: "well", within: "5m", page: { severity: "critical", say: "the restart is late" } }],
    policy: { starting: { retry: { attempts: 2, first: "10s" } } },
    states: {
      async looking(it) {
        if (it.take("stop")) return it.done("stopped");
        if (it.data.looks > 20) return it.stuck("it does not come up");
        return outside.isUp ? it.to("well") : it.to("starting", { looks: it.data.looks + 1 });
      },
      async starting(it) {
        if (!isCareful || !outside.starts.includes(it.token)) outside.starts.push(it.token);
        return it.to("looking");
      },
      well: async (it) => it.done("up"),
    },
  });

describe("a world without a store", () => {
  test("runs a machine under a fake clock, deadlines and retries included", async () => {
    const slow = machine({
      name: "slow",
      data: z.object({}),
      start: "waiting",
      transitions: { waiting: ["over"], over: [] },
      deadlines: [{ reach: "over", within: "5m", page: { severity: "critical", say: "it is late" } }],
      states: {
        waiting: async (it) => (it.now().getTime() - it.since.getTime() < 600_000 ? it.wait("1m") : it.to("over")),
        over: async (it) => it.done(),
      },
    });
    const t = testWorld([slow]);
    await t.start(slow, "x", {});
    await t.advance("4m");
    assert.deepEqual(t.pages(), []);
    await t.advance("2m");
    assert.deepEqual(t.pages(), ["it is late"]);
    await t.advance("10m");
    assert.equal(t.show(slow, "x").status, "done");
    assert.deepEqual(t.pages(), []);
  });

  test("a crash before the commit costs a second attempt with the same token, one after it costs nothing", async () => {
    for (const [point, attempts] of [
      ["before-commit", 2],
      ["after-commit", 1],
    ] as const) {
      const tokens: string[] = [];
      const walk = machine({
        name: "walk",
        data: z.object({}),
        start: "a",
        transitions: { a: ["b"], b: [] },
        states: {
          async a(it) {
            tokens.push(it.token);
            return it.to("b");
          },
          b: async (it) => it.done(),
        },
      });
      const t = testWorld([walk]);
      t.crash(point);
      await t.start(walk, "x", {});
      assert.equal(t.show(walk, "x").status, "done");
      assert.equal(tokens.length, attempts);
      assert.equal(new Set(tokens).size, 1);
      assert.deepEqual(
        t.history(walk, "x").map((entry) => entry.kind),
        ["started", "moved", "done"],
      );
    }
  });

  test("a stalled worker's outcome is refused, and the next attempt decides", async () => {
    const outside = { isUp: true, starts: [] };
    const m = restart(outside);
    const t = testWorld([m]);
    t.stall("2m");
    await t.start(m, "x", { looks: 0 });
    assert.equal(t.show(m, "x").result, "up");
    assert.equal(t.history(m, "x").filter((entry) => entry.to === "well").length, 1);
  });

  test("a signal reaches a sleeping instance, and a retry a stuck one", async () => {
    const outside = { isUp: false, starts: [] as string[] };
    const m = restart(outside);
    const t = testWorld([m]);
    await t.start(m, "x", { looks: 0 });
    assert.equal(t.show(m, "x").status, "stuck");
    assert.deepEqual(t.pages(), ["it does not come up"]);
    await t.signal(m, "x", "stop");
    await t.retry(m, "x");
    assert.equal(t.show(m, "x").result, "stopped");
    assert.deepEqual(t.pages(), []);
  });

  test("one state is run alone", async () => {
    const m = restart({ isUp: false, starts: [] });
    const decided = await runState(m, "looking", { looks: 3 });
    assert.deepEqual([decided.kind, decided.state, decided.data], ["to", "starting", { looks: 4 }]);
    assert.equal((await runState(m, "looking", { looks: 3 }, { signals: [{ name: "stop" }] })).kind, "done");
  });
});

describe("explore", () => {
  const world = (random: () => number): Outside => ({
    starts: [],
    get isUp() {
      return random() < 0.3;
    },
  });
  const check = ({ starts }: Outside) => assert.equal(new Set(starts).size, starts.length, "started twice under one token");

  test("walks every state, crashing at each commit, and finds nothing where nothing is wrong", async () => {
    const { walks, states } = await explore((outside: Outside) => restart(outside), { world, input: { looks: 0 }, check });
    assert.ok(walks > 100);
    assert.deepEqual([...states.keys()].sort(), ["looking", "starting", "well"]);
  });

  test("finds a second attempt that does a second harm, and names the seed and the way walked", async () => {
    await assert.rejects(
      explore((outside: Outside) => restart(outside, false), { world, input: { looks: 0 }, check }),
      /restart fails with seed \d+: started twice.*looking → starting/s,
    );
  });

  test("finds a machine that walks in circles", async () => {
    const circle = () =>
      machine({
        name: "circle",
        data: z.object({}),
        start: "a",
        transitions: { a: ["b"], b: ["a"] },
        states: { a: async (it) => it.to("b"), b: async (it) => it.to("a") },
      });
    await assert.rejects(explore(circle, { world: () => ({}), input: {}, walks: 0 }), /does not come to an end/);
  });
});
