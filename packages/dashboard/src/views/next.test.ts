import assert from "node:assert/strict";
import { test } from "node:test";
import type { InstanceDetail } from "@fettle/engine";
import { next, nextInFull } from "./next.ts";

const now = new Date("2026-05-03T11:02:00Z");
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

const instance: InstanceDetail = {
  id: 1,
  machine: "failover",
  key: "prod-1",
  run: 1,
  version: 1,
  state: "fencing",
  status: "running",
  since: at(-120),
  started: at(-130),
  due: at(12),
  attempt: 0,
  attempts: 5,
  error: null,
  labels: {},
  note: null,
  held: null,
  token: "t",
  data: {},
  result: null,
  deadlines: [],
  signals: [],
  parent: null,
  children: [],
};

const words = (html: unknown) =>
  String(html)
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .replace(/ ([.,;:])/g, "$1")
    .trim();

const cases: readonly (readonly [Partial<InstanceDetail>, short: string, full: string])[] = [
  [{}, "runs again in 12s", "Looks again at fencing in 12s."],
  [{ attempt: 2 }, "attempt 3 of 5 in 12s", "Runs fencing again in 12s, attempt 3 of 5."],
  [{ attempt: 2, attempts: null }, "attempt 3 in 12s", "Runs fencing again in 12s, attempt 3."],
  [{ due: at(-0.5) }, "runs now", "Runs fencing now."],
  [{ due: at(-30), attempt: 4 }, "runs now, attempt 5 of 5", "Runs fencing now, attempt 5 of 5."],
  [{ due: at(-30) }, "looks again within 1m", "Runs fencing, or waits to look again: that is never longer than a minute."],
  [{ due: null }, "waits for a signal", "Waits in fencing until a signal comes."],
  [
    { due: null, status: "stuck" },
    "waits for a person",
    "Nothing by itself: it waits for a person. A retry runs fencing at once, with attempts counted anew.",
  ],
  [
    { held: { kind: "limit", say: "2 of 2 are in promoting", wants: "promoting", position: 3, since: at(-60), until: null, rule: null } },
    "2 of 2 are in promoting, number 3 in the line",
    "Wants to enter promoting: 2 of 2 are in promoting, number 3 in the line.",
  ],
  [
    { held: { kind: "pause", say: "paused by ana: because", wants: null, position: null, since: at(-60), until: at(300), rule: 4 } },
    "paused by ana: because",
    "Stays in fencing: paused by ana: because. That ends in 5m.",
  ],
  [{ due: null, status: "done", run: 3 }, "nothing: it is done", "Nothing: run 3 is done. A new start of the key begins run 4."],
];
for (const [part, short, full] of cases) {
  test(`says: ${short}`, () => {
    assert.equal(words(next({ ...instance, ...part }, now)), short);
    assert.equal(words(nextInFull({ ...instance, ...part }, now)), full);
  });
}

test("says what a deadline will do, and what it has done", () => {
  const deadline = { reach: ["recovered", "given-up"], severity: "critical", say: "failover is late" } as const;
  const full = (seconds: number) => words(nextInFull({ ...instance, deadlines: [{ ...deadline, at: at(seconds) }] }, now));
  assert.match(full(300), /Must reach recovered or given-up by 11:07:00, in 5m; else pages “failover is late” \(critical\)\.$/);
  assert.match(full(-60), /Should have reached recovered or given-up by 11:01:00, 1m ago: “failover is late” \(critical\)\.$/);
});
