import { test } from "node:test";
import { z } from "zod";
import { machine, none } from "../index.ts";

const shape = { name: "typed", data: z.object({ cluster: z.string(), candidate: z.string().optional() }) };

test("the compiler refuses what is not in the table", () => {
  machine({
    ...shape,
    start: "confirming",
    signals: { destroy: none, prefer: z.object({ candidate: z.string() }) },
    transitions: { confirming: ["fencing", "recovered"], fencing: ["recovered"], recovered: [] },
    policy: { fencing: { timeout: "10s", retry: { attempts: 3, backoff: "exponential", within: "2m" } } },
    deadlines: [{ in: ["fencing"], reach: "recovered", within: "5m", page: { severity: "critical", say: "late" } }],
    states: {
      async confirming(it) {
        const preferred = it.take("prefer");
        // @ts-expect-error: no such signal
        it.take("prefers");
        // @ts-expect-error: the payload has no such field
        preferred?.candidat;
        const destroy: true | undefined = it.take("destroy");
        if (destroy) return it.to("recovered");
        // @ts-expect-error: an unknown state
        if (it.attempt > 9) return it.to("nowhere");
        // @ts-expect-error: a patch of the wrong type
        if (it.attempt > 8) return it.to("fencing", { candidate: 7 });
        // @ts-expect-error: a patch of a field that data does not have
        if (it.attempt > 7) return it.to("fencing", { candidates: "b" });
        // @ts-expect-error: not a duration
        if (it.attempt > 6) return it.wait("soon");
        return it.to("fencing", { candidate: preferred?.candidate ?? "b" });
      },
      async fencing(it) {
        // @ts-expect-error: fencing does not lead to fencing
        if (it.attempt > 9) return it.to("fencing");
        // @ts-expect-error: data is read-only
        it.data.cluster = "x";
        return it.to("recovered");
      },
      async recovered(it) {
        return it.done();
      },
    },
  });
});

test("the compiler refuses a signal that the receiver does not take", () => {
  const receiver = machine({
    name: "receiver",
    data: z.object({}),
    signals: { destroy: none, prefer: z.object({ candidate: z.string() }) },
    start: "a",
    transitions: { a: [] },
    states: { a: async (it) => it.done() },
  });
  machine({
    ...shape,
    start: "a",
    transitions: { a: [] },
    states: {
      async a(it) {
        it.send({ machine: receiver, key: "x" }, "destroy");
        it.send({ machine: receiver, key: "x" }, "prefer", { candidate: "b" });
        it.send({ machine: "receiver", key: "x" }, "anything", 7);
        // @ts-expect-error: no such signal
        it.send({ machine: receiver, key: "x" }, "destroyed");
        // @ts-expect-error: the payload is missing
        it.send({ machine: receiver, key: "x" }, "prefer");
        // @ts-expect-error: the payload is of the wrong type
        it.send({ machine: receiver, key: "x" }, "prefer", { candidate: 7 });
        // @ts-expect-error: it carries no payload
        it.send({ machine: receiver, key: "x" }, "destroy", 7);
        // @ts-expect-error: the child's input lacks a field
        it.spawn(receiver, { key: "x" });
        return it.done();
      },
    },
  });
});

test("the compiler asks for what a state needs, and gives it there", () => {
  machine({
    ...shape,
    start: "confirming",
    signals: { prefer: none },
    transitions: { confirming: ["fencing", "recovered"], fencing: ["promoting", "recovered"], promoting: ["recovered"], recovered: [] },
    needs: { fencing: ["candidate"], promoting: ["candidate"] },
    states: {
      async confirming(it) {
        // @ts-expect-error: candidate may be absent here
        const candidate: string = it.data.candidate;
        // @ts-expect-error: fencing needs a candidate, and there is no patch
        if (it.attempt > 9) return it.to("fencing");
        // @ts-expect-error: the patch does not give it
        if (it.attempt > 8) return it.to("fencing", { cluster: "a" });
        // @ts-expect-error: it may be absent in the patch
        if (it.attempt > 7) return it.to("fencing", { candidate: it.data.candidate });
        // @ts-expect-error: one of the two needs it
        if (it.attempt > 6) return it.to(it.attempt > 5 ? "fencing" : "recovered");
        if (it.attempt > 4) return it.to("recovered");
        return it.to("fencing", { candidate });
      },
      async fencing(it) {
        const candidate: string = it.data.candidate;
        // What this state has itself is not owed.
        return candidate === "" ? it.to("recovered") : it.to("promoting");
      },
      async promoting(it) {
        return it.to("recovered");
      },
      async recovered(it) {
        return it.done();
      },
    },
  });
});

test("the compiler refuses a signal that leads where the table does not", () => {
  const rest = { ...shape, start: "a" as const, transitions: { a: ["b", "c"], b: ["c"], c: [] } as const };
  const states = { a: async () => stop, b: async () => stop, c: async () => stop };
  const stop = { kind: "stuck", reason: "", code: "" } as const;
  const signals = { stop: none, go: none } as const;
  refused(() => machine({ ...rest, signals, states, on: { stop: "c" }, policy: { a: { on: { go: "b" } } } }));
  // @ts-expect-error: nothing leads to a
  refused(() => machine({ ...rest, signals, states, on: { stop: "a" } }));
  // @ts-expect-error: no such signal
  refused(() => machine({ ...rest, signals, states, on: { halt: "c" } }));
  // @ts-expect-error: b does not lead to b
  refused(() => machine({ ...rest, signals, states, policy: { b: { on: { go: "b" } } } }));
  // @ts-expect-error: no such signal
  refused(() => machine({ ...rest, signals, states, policy: { b: { on: { halt: "c" } } } }));
  // @ts-expect-error: c needs data, which a signal does not bring
  refused(() => machine({ ...rest, signals, states, needs: { c: ["candidate"] }, on: { stop: "c" } }));
  // @ts-expect-error: data has no such field
  refused(() => machine({ ...rest, signals, states, needs: { c: ["candidates"] } }));
});

const refused = (make: () => unknown) => make;

test("the compiler refuses a table that does not hold together", () => {
  refused(() =>
    machine({
      ...shape,
      // @ts-expect-error: an unknown start
      start: "begin",
      transitions: { confirming: [] },
      states: { confirming: async (it) => it.done() },
    }),
  );
  refused(() =>
    machine({
      ...shape,
      start: "confirming",
      // @ts-expect-error: a transition to a state that is not in the table
      transitions: { confirming: ["fencing"] },
      states: { confirming: async (it) => it.done() },
    }),
  );
  refused(() =>
    machine({
      ...shape,
      start: "confirming",
      transitions: { confirming: ["recovered"], recovered: [] },
      // @ts-expect-error: recovered has no handler
      states: { confirming: async (it) => it.done() },
    }),
  );
});
