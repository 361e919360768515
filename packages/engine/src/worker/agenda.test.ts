import assert from "node:assert/strict";
import { test } from "node:test";
import { idOf } from "../store/slot.ts";
import { Agenda } from "./agenda.ts";
import { Intake } from "./intake.ts";

/** The nth instance that was ever started, in a range. */
const id = (range: number, n: number) => idOf(range * 64, n);

function intake(machine: string, ids: readonly number[], dues: readonly number[], near: readonly number[] = []): Intake {
  const all = new Intake(near);
  // Part by part, as it comes from the store.
  for (const [at, one] of ids.entries()) all.add([{ machine, ids: [one], dues: [dues[at] as number] }]);
  return all;
}

test("a batch is made of what is longest due, and runs in the order of its rows", () => {
  const agenda = new Agenda();
  agenda.admit([0], intake("m", [id(0, 1), id(0, 4), id(0, 3)], [30, 20, 10]));
  agenda.admit([5], intake("m", [id(5, 2)], [15]));
  assert.deepEqual(agenda.takeDue(25, 3), [id(5, 2), id(0, 3), id(0, 4)]);
  assert.deepEqual(agenda.takeDue(25, 3), []);
  assert.equal(agenda.next(), 30);
});

test("of a range that is not held nothing is kept", () => {
  const agenda = new Agenda();
  agenda.set("m", id(1, 1), 0);
  agenda.admit([2], new Intake([]));
  agenda.set("m", id(2, 1), 0);
  agenda.drop(new Set([2]));
  agenda.hasten(id(2, 1), 0, "person");
  assert.deepEqual(agenda.takeDue(1, 10), []);
  assert.equal(agenda.next(), Number.POSITIVE_INFINITY);
});

test("the backlog of one machine does not keep another waiting", () => {
  const agenda = new Agenda();
  const backlog = Array.from({ length: 1000 }, (_, n) => id(0, n));
  agenda.admit(
    [0],
    intake(
      "busy",
      backlog,
      backlog.map(() => 0),
    ),
  );
  agenda.set("calm", id(0, 2000), 5);
  assert.ok(agenda.takeDue(10, 10).includes(id(0, 2000)));
});

test("a person's command goes first, and a flood of messages leaves half of the turn to what is due", () => {
  const agenda = new Agenda();
  const due = Array.from({ length: 100 }, (_, n) => id(0, n));
  agenda.admit(
    [0],
    intake(
      "m",
      due,
      due.map(() => 0),
    ),
  );
  for (let n = 1000; n < 1100; n++) agenda.hasten(id(0, n), 1, "message");
  agenda.hasten(id(0, 3000), 2, "person");
  const taken = agenda.takeDue(10, 11);
  assert.ok(taken.includes(id(0, 3000)));
  assert.equal(taken.filter((each) => due.includes(each)).length, 5);
});

test("what is near its deadline when its range is taken over runs before the backlog, when it is due", () => {
  const agenda = new Agenda();
  agenda.admit([0], intake("m", [id(0, 1), id(0, 2), id(0, 3)], [0, 5, 99], [id(0, 2), id(0, 3)]));
  assert.deepEqual(agenda.takeDue(10, 1), [id(0, 2)]);
  assert.deepEqual(agenda.takeDue(10, 2), [id(0, 1)]);
});

test("a message to one that is near its deadline and not due makes it due", () => {
  const agenda = new Agenda();
  agenda.admit([0], intake("m", [id(0, 1)], [99], [id(0, 1)]));
  agenda.hasten(id(0, 1), 10, "message");
  assert.deepEqual(agenda.takeDue(10, 1), [id(0, 1)]);
});
