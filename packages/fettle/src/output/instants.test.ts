import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, ahead, clock, lasting } from "./instants.ts";

const now = Date.parse("2026-05-03T12:00:00Z");
const before = (ms: number) => new Date(now - ms).toISOString();

test("a time is said in its largest unit, and never as a fraction or below zero", () => {
  const table: readonly (readonly [number, string])[] = [
    [-5000, "0s"],
    [400, "0s"],
    [1500, "1s"],
    [59_999, "59s"],
    [130_000, "2m"],
    [3_700_000, "1h"],
    [90_000_000, "1d"],
  ];
  for (const [ms, text] of table) {
    assert.equal(lasting(before(ms), now), text);
    assert.equal(ago(before(ms), now), `${text} ago`);
  }
});

test("what comes is told exactly, and what is due is now", () => {
  assert.equal(ahead(before(-12_000), now), "in 12s");
  assert.equal(ahead(before(-100_000), now), "in 1m 40s");
  assert.equal(ahead(before(1), now), "now");
});

test("an instant of another day says which", () => {
  assert.match(clock(before(0), now), /^\d\d:\d\d:\d\d$/);
  assert.match(clock(before(3 * 86_400_000), now), /^2026-0\d-\d\d \d\d:\d\d:\d\d$/);
});
