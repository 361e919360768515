import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import { machine } from "../index.ts";
import { deadlineChanges } from "./deadline.ts";
import { milliseconds, spell } from "./duration.ts";
import { encode } from "./json.ts";
import { nextAttempt } from "./retry.ts";
import { parseInput } from "./schema.ts";

describe("a duration", () => {
  test("is a whole number and a unit", () => {
    for (const [text, ms] of [
      ["500ms", 500],
      ["10s", 10_000],
      ["5m", 300_000],
      ["2h", 7_200_000],
      ["7d", 604_800_000],
    ] as const)
      assert.equal(milliseconds(text), ms);
    for (const text of ["", "10", "s", "1.5s", "-1s", "10 s", "1h30m", "1w"])
      assert.throws(() => milliseconds(text), { code: "BAD_DURATION" }, text);
  });
  test("is spelled as people say it", () => {
    for (const [ms, text] of [
      [0, "0ms"],
      [350, "350ms"],
      [1500, "1.5s"],
      [59_999, "59s"],
      [100_000, "1m 40s"],
      [7_200_000, "2h"],
      [90_000_000, "1d 1h"],
    ] as const)
      assert.equal(spell(ms), text);
  });
});

describe("a retry", () => {
  const policy = { retry: { attempts: 6, first: "1s", cap: "5s" } } as const;
  test("backs off to a cap, within the second half of each gap", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.double({ min: 0, max: 1, noNaN: true }), (count, random) => {
        const at = nextAttempt(policy, { count, first: 0, now: 1000 }, random) ?? 0;
        const gap = Math.min(1000 * 2 ** (count - 1), 5000);
        assert.ok(at - 1000 >= gap / 2 && at - 1000 <= gap);
      }),
    );
  });
  test("ends after the attempts, and after the time", () => {
    assert.equal(nextAttempt(policy, { count: 6, first: 0, now: 0 }, 0), null);
    assert.equal(nextAttempt({ retry: { attempts: 100, within: "2m" } }, { count: 3, first: 0, now: 119_000 }, 1), null);
    assert.notEqual(nextAttempt(undefined, { count: 4, first: 0, now: 0 }, 0), null);
    assert.equal(nextAttempt(undefined, { count: 5, first: 0, now: 0 }, 0), null);
  });
});

describe("a deadline", () => {
  const late = machine({
    name: "late",
    data: z.object({}),
    start: "a",
    transitions: { a: ["b"], b: ["a", "c"], c: ["d"], d: [] },
    deadlines: [
      { reach: "d", within: "1h", page: { severity: "critical", say: "whole" } },
      { in: ["b", "c"], reach: "d", within: "5m", page: { severity: "warning", say: "part" } },
    ],
    states: { a: async (it) => it.to("b"), b: async (it) => it.to("c"), c: async (it) => it.to("d"), d: async (it) => it.done() },
  });
  const changes = (from: string | undefined, to: string | undefined) => {
    const { arm, disarm } = deadlineChanges(late, from, to);
    return [arm.map(({ number }) => number), disarm];
  };
  test("starts on entering one of its states from outside, and ends at the state it wants to see reached", () => {
    assert.deepEqual(changes(undefined, "a"), [[0], []]);
    assert.deepEqual(changes("a", "b"), [[1], []]);
    assert.deepEqual(changes("b", "c"), [[], []]);
    assert.deepEqual(changes("b", "a"), [[], []]);
    assert.deepEqual(changes("c", "d"), [[], [0, 1]]);
    assert.deepEqual(changes("a", undefined), [[], [0, 1]]);
  });
});

describe("data", () => {
  test("is what JSON carries there and back", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (any) => {
        // JSON knows no -0: what it would carry of the value is the value here.
        const value: unknown = JSON.parse(JSON.stringify(any));
        if (JSON.stringify(value).includes("\\u0000")) return;
        assert.deepEqual(JSON.parse(encode(value, "data")), value);
      }),
    );
  });
  test("is refused where it enters, with its path", () => {
    const refused = (value: unknown, message: RegExp) => assert.throws(() => encode(value, "data"), { code: "NOT_JSON", message });
    refused({ a: [1, Number.NaN] }, /at data\.a\[1\], it is NaN/);
    refused({ at: new Date() }, /at data\.at, it is a Date/);
    refused({ a: { b: "x\u0000" } }, /at data\.a\.b, it holds/);
    refused({ a: "\ud800" }, /surrogate/);
    refused({ a: 1n }, /bigint/);
    refused({ a: [undefined] }, /at data\.a\[0\]/);
    refused({ a: "x".repeat(1_048_577) }, /1048576 is the most/);
  });
  test("of a schema that does not accept what it has put out is refused", async () => {
    const grows = z.object({ n: z.number().transform((n) => n + 1) });
    const m = machine({ name: "grows", data: grows, start: "a", transitions: { a: [] }, states: { a: async (it) => it.done() } });
    await assert.rejects(parseInput(m, { n: 1 }), { code: "BAD_DATA" });
  });
});

describe("a definition", () => {
  const sound = { name: "sound", data: z.object({}), start: "a", transitions: { a: [] }, states: { a: async () => ({}) } };
  test("that JavaScript wrote is checked too, and the field is named", () => {
    for (const [wrong, message] of [
      [{ name: "Not A Name" }, /its name/],
      [{ version: 0 }, /version is 0/],
      [{ start: "b" }, /start names b/],
      [{ transitions: { a: ["b"] } }, /transitions\.a names b/],
      [{ states: {} }, /state a has no handler/],
      [{ policy: { b: {} } }, /policy names b/],
      [{ policy: { a: { retry: { attempts: 0 } } } }, /attempts is 0/],
      [{ deadlines: [{ reach: "z", within: "1s", page: { severity: "info", say: "" } }] }, /deadlines names z/],
    ] as const) {
      assert.throws(() => machine({ ...sound, ...wrong } as never), { code: "BAD_DEFINITION", message });
    }
    assert.throws(() => machine({ ...sound, policy: { a: { timeout: "soon" } } } as never), { code: "BAD_DURATION" });
  });
});
