import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Schedule } from "./schedule.ts";

test("a schedule gives what a sorted list would, whatever is set, hastened and deleted", () => {
  const act = fc.record({ what: fc.constantFrom("set", "hasten", "delete", "take"), id: fc.nat(30), due: fc.nat(100) });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 300 }), (acts) => {
      const schedule = new Schedule();
      const model = new Map<number, number>();
      for (const { what, id, due } of acts) {
        if (what === "set") {
          schedule.set(id, due);
          model.set(id, due);
        } else if (what === "hasten") {
          schedule.hasten(id, due);
          model.set(id, Math.min(model.get(id) ?? Number.POSITIVE_INFINITY, due));
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
