import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Schedule } from "./schedule.ts";

test("a schedule gives what a sorted list would, whatever is set, deleted and dropped", () => {
  const act = fc.record({ what: fc.constantFrom("set", "set", "delete", "take", "retain"), id: fc.nat(5000), due: fc.nat(100) });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 1000, size: "max" }), (acts) => {
      const schedule = new Schedule();
      const model = new Map<number, number>();
      for (const { what, id, due } of acts) {
        if (what === "set") {
          // Ids are neighbours and lie far apart, and a table grows.
          for (const each of [id, id * 2 ** 41, id + 1]) {
            schedule.set(each, due);
            model.set(each, due);
          }
        } else if (what === "retain") {
          schedule.retain((each) => each % 3 !== id % 3);
          for (const each of [...model.keys()]) if (each % 3 === id % 3) model.delete(each);
        } else if (what === "delete") {
          schedule.delete(id);
          model.delete(id);
        } else {
          const taken = schedule.takeDue(due, 5);
          const expected = [...model].filter(([, at]) => at <= due).sort(([, one], [, other]) => one - other);
          assert.deepEqual(
            taken.map((each) => model.get(each)),
            expected.slice(0, 5).map(([, at]) => at),
          );
          for (const each of taken) model.delete(each);
        }
        assert.equal(schedule.size, model.size);
        assert.equal(schedule.next(), Math.min(Number.POSITIVE_INFINITY, ...model.values()));
      }
    }),
  );
});

test("a schedule of many changes of few instances does not grow", () => {
  const schedule = new Schedule();
  for (let due = 0; due < 100_000; due++) schedule.set(due % 10, due);
  assert.equal(schedule.size, 10);
  assert.deepEqual(schedule.takeDue(200_000, 20).length, 10);
});
