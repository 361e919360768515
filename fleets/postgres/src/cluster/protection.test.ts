import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nobody } from "../server/config.ts";
import { nextStep, type Redundancy, type Step } from "./protection.ts";

const calm = { gone: [], near: [] };
const preferred = { sync: "preferred", ...calm } as const;
const strict = { sync: "strict", ...calm } as const;

const table: [string, Redundancy, Step][] = [
  ["nothing, alone", { ...preferred, electable: [], awaited: [], following: [] }, { kind: "keep" }],
  [
    "the first standby, before it is waited for",
    { ...preferred, electable: [], awaited: [], following: ["b"] },
    { kind: "prove", member: "b", next: { kind: "await", members: ["b"] } },
  ],
  [
    "the first standby, once it is waited for",
    { ...preferred, electable: [], awaited: ["b"], following: ["b"] },
    { kind: "settle", members: ["b"], next: { kind: "elect", electable: ["b"] } },
  ],
  ["nothing, when all is well", { ...preferred, electable: ["b"], awaited: ["b"], following: ["b"] }, { kind: "keep" }],
  ["nothing for one that only falters", { ...preferred, electable: ["b"], awaited: ["b"], following: [] }, { kind: "keep" }],
  [
    "the loss of the last: first nobody may be elected",
    { ...preferred, electable: ["b"], awaited: ["b"], following: [], gone: ["b"] },
    { kind: "elect", electable: [] },
  ],
  [
    "the loss of the last: then nobody is waited for",
    { ...preferred, electable: [], awaited: ["b"], following: [], gone: ["b"] },
    { kind: "await", members: [] },
  ],
  [
    "the loss of the last of a strict cluster: writes wait",
    { ...strict, electable: ["b"], awaited: ["b"], following: [], gone: ["b"] },
    { kind: "keep" },
  ],
  ["a strict cluster without any standby", { ...strict, electable: [], awaited: [], following: [] }, { kind: "await", members: [nobody] }],
  ["a strict cluster whose writes wait already", { ...strict, electable: [], awaited: [nobody], following: [] }, { kind: "keep" }],
  [
    "a second standby: first it may be elected",
    { ...preferred, electable: ["b"], awaited: ["b"], following: ["b", "c"] },
    { kind: "prove", member: "c", next: { kind: "elect", electable: ["b", "c"] } },
  ],
  [
    "a second standby: then it is waited for",
    { ...preferred, electable: ["b", "c"], awaited: ["b"], following: ["b", "c"] },
    { kind: "await", members: ["b", "c"] },
  ],
  [
    "the loss of one of two: first the other alone is waited for",
    { ...preferred, electable: ["b", "c"], awaited: ["b", "c"], following: ["b"], gone: ["c"] },
    { kind: "await", members: ["b"] },
  ],
  [
    "the loss of one of two: then the other alone may be elected, once it has everything",
    { ...preferred, electable: ["b", "c"], awaited: ["b"], following: ["b"], gone: ["c"] },
    { kind: "settle", members: ["b"], next: { kind: "elect", electable: ["b"] } },
  ],
  [
    "a primary that somebody told to wait for nobody",
    { ...preferred, electable: ["b"], awaited: [], following: ["b"] },
    { kind: "elect", electable: [] },
  ],
  [
    "a primary that somebody told to wait for a stranger",
    { ...preferred, electable: ["b"], awaited: ["b", "x"], following: ["b"] },
    { kind: "elect", electable: [] },
  ],
  [
    "an asynchronous standby that is near",
    { sync: "off", electable: [], awaited: [], following: ["b"], gone: [], near: ["b"] },
    { kind: "prove", member: "b", next: { kind: "elect", electable: ["b"] } },
  ],
  [
    "an asynchronous standby that has fallen behind",
    { sync: "off", electable: ["b"], awaited: [], following: ["b"], gone: [], near: [] },
    { kind: "elect", electable: [] },
  ],
];

for (const [name, seen, step] of table) test(`protects against ${name}`, () => assert.deepEqual(nextStep(seen), step));

/**
 * A primary and two standbys as numbers: how many commits each has, and how many are acknowledged. What the primary was told to wait
 * for is in force at some later moment, unless a step waits for it; a member that has diverged acknowledges everything.
 */
class Model {
  commits = 0;
  acknowledged = 0;
  electable: readonly string[] = [];
  told: readonly string[] = [];
  inForce: readonly string[] = [];
  readonly sync: "preferred" | "strict";
  readonly members: Record<string, { has: number; connected: boolean; diverged: boolean }> = {
    b: { has: 0, connected: true, diverged: false },
    c: { has: 0, connected: true, diverged: false },
  };

  constructor(sync: "preferred" | "strict") {
    this.sync = sync;
  }

  acknowledge(): void {
    const reach = this.inForce.map((name) => {
      const member = this.members[name];
      if (!member?.connected) return 0;
      return member.diverged ? this.commits : member.has;
    });
    const safe = this.inForce.length === 0 ? this.commits : Math.max(0, ...reach);
    this.acknowledged = Math.max(this.acknowledged, safe);
  }

  step(): void {
    const names = Object.keys(this.members);
    const connected = names.filter((name) => this.members[name]?.connected);
    const gone = names.filter((name) => !connected.includes(name));
    const seen = { sync: this.sync, electable: this.electable, awaited: this.told, following: connected, gone, near: connected };
    this.#do(nextStep(seen));
  }

  #do(step: Step): void {
    switch (step.kind) {
      case "keep":
        return;
      case "elect":
        this.electable = step.electable;
        return;
      case "await":
        this.told = step.members;
        return;
      case "prove":
        if (this.#catchesUp(step.member)) this.#do(step.next);
        return;
      case "settle":
        this.inForce = this.told;
        this.acknowledge();
        if (step.members.some((member) => this.#catchesUp(member))) this.#do(step.next);
        return;
      default:
        step satisfies never;
    }
  }

  #catchesUp(name: string): boolean {
    const member = this.members[name];
    if (!member?.connected || member.diverged) return false;
    member.has = ++this.commits;
    this.acknowledge();
    return true;
  }

  /** What an election could still find. */
  assertNothingLost(): void {
    if (this.electable.length === 0) return;
    const best = Math.max(...this.electable.map((name) => this.members[name]?.has ?? 0));
    assert.ok(best >= this.acknowledged, `${this.acknowledged} commits are acknowledged, and ${this.electable} have ${best} at most`);
  }
}

const member = fc.constantFrom("b", "c");
const event = fc.oneof(
  { weight: 4, arbitrary: fc.constant((model: Model) => model.step()) },
  {
    weight: 3,
    arbitrary: fc.constant((model: Model) => {
      model.commits++;
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constant((model: Model) => {
      model.inForce = model.told;
    }),
  },
  {
    weight: 3,
    arbitrary: member.map((name) => (model: Model) => {
      const one = model.members[name];
      if (one?.connected && !one.diverged) one.has = model.commits;
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(member, fc.boolean()).map(([name, connected]) => (model: Model) => {
      const one = model.members[name];
      if (one) one.connected = connected;
    }),
  },
  {
    weight: 1,
    // A member may only come back diverged while nobody counts on it: it is a rebuilt one.
    arbitrary: fc.tuple(member, fc.boolean()).map(([name, diverged]) => (model: Model) => {
      const one = model.members[name];
      if (one && !model.electable.includes(name) && !model.told.includes(name) && !model.inForce.includes(name)) one.diverged = diverged;
    }),
  },
);

for (const sync of ["preferred", "strict"] as const) {
  test(`whatever happens in whatever order, an electable member of a ${sync} cluster has each acknowledged commit`, () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60, size: "max" }), (events) => {
        const model = new Model(sync);
        for (const happen of events) {
          happen(model);
          model.acknowledge();
          model.assertNothingLost();
        }
      }),
      { numRuns: 5_000 },
    );
  });
}
