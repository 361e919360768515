import assert from "node:assert/strict";
import { test } from "node:test";
import { Lookout } from "./lookout.ts";

const never = Number.POSITIVE_INFINITY;

test("a few messages are told one by one", () => {
  const lookout = new Lookout();
  for (let now = 0; now < 10_000; now += 30) {
    assert.equal(lookout.saw(1, 0, now), undefined);
    assert.equal(lookout.next(now), never);
  }
});

test("many messages keep it awake, and a quiet second puts it to sleep", () => {
  const lookout = new Lookout();
  assert.equal(lookout.saw(15, 0, 0), undefined);
  assert.equal(lookout.saw(15, 0, 50), "awake");
  lookout.marked("awake", 50);
  assert.equal(lookout.next(50), 60);
  assert.equal(lookout.saw(1, 0, 900), undefined);
  assert.equal(lookout.saw(0, 0, 1900), undefined);
  assert.equal(lookout.saw(0, 0, 1901), "asleep");
});

test("it looks on after the mark: a sender that has read the old one may commit after the new one", () => {
  const lookout = new Lookout();
  lookout.saw(50, 0, 0);
  lookout.marked("awake", 0);
  assert.equal(lookout.saw(0, 0, 1001), "asleep");
  lookout.marked("asleep", 1001);
  assert.equal(lookout.next(1002), 1011);
  assert.equal(lookout.next(2000), 1011);
  assert.equal(lookout.next(2001), never);
});

test("the longer a look takes the longer it rests, and never for long", () => {
  const lookout = new Lookout();
  lookout.saw(50, 0, 0);
  lookout.marked("awake", 0);
  for (const [took, next] of [
    [0.1, 1010],
    [3, 1060],
    [70, 1200],
  ] as const) {
    lookout.saw(1, took, 1000);
    assert.equal(lookout.next(1000), next);
  }
});
