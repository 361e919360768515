import assert from "node:assert/strict";
import { test } from "node:test";
import { Agenda } from "./agenda.ts";

/** The nth instance of a range. */
const id = (range: number, n: number) => range * 64 * 2 ** 41 + n;

test("what is due is taken range by range, the longest waiting first", () => {
  const agenda = new Agenda();
  agenda.admit(
    0,
    [1, 2, 3].map((n) => ({ id: id(0, n), due: n * 10 })),
  );
  agenda.admit(
    5,
    [1, 2].map((n) => ({ id: id(5, n), due: n * 7 })),
  );
  assert.deepEqual(agenda.takeDue(20, 3), [id(5, 1), id(5, 2), id(0, 1)]);
  assert.deepEqual(agenda.takeDue(20, 3), [id(0, 2)]);
  assert.equal(agenda.next(), 30);
});

test("of a range that is not held nothing is kept", () => {
  const agenda = new Agenda();
  agenda.set(id(1, 1), 0);
  agenda.admit(2, []);
  agenda.set(id(2, 1), 0);
  agenda.drop(2);
  agenda.hasten(id(2, 1), 0);
  assert.deepEqual(agenda.takeDue(1, 10), []);
  assert.equal(agenda.next(), Number.POSITIVE_INFINITY);
});
