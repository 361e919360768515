import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { withMutant } from "../mutant.ts";
import { firstFailure, simulate } from "./simulate.ts";

const seeds = 500;
const mostSeeds = 2000;

test("whatever the interleaving, nothing is lost, doubled, stale or left lying", async () => {
  assert.equal(await firstFailure(0, seeds), undefined);
});

test("one seed is one course", async () => {
  const [one, other] = [await simulate(4, true), await simulate(4, true)];
  assert.ok(one.course.length > 50);
  assert.deepEqual(one, other);
});

const bugs = [
  {
    name: "a commit is not fenced",
    file: "test/simulation/model-commit.ts",
    from: "lease.epoch === named.get(range) && lease.owner === owner",
    to: "lease.epoch > 0",
    found: /was committed under a stale lease|not at its end/,
  },
  {
    name: "what comes while the handler runs does not wake it",
    file: "src/worker/runner.ts",
    from: 'if (running.woken) this.#hurry(row.id, "message");',
    to: "",
    found: /not at its end/,
  },
  {
    name: "a commit whose answer was lost is taken for committed",
    file: "src/worker/committer.ts",
    from: `for (const lease of leases) this.#inDoubt(lease, error);
      for (const { resolve } of batch) resolve(lost);`,
    to: 'for (const { resolve } of batch) resolve({ kind: "committed", at: 0 });',
    found: /not at its end|has taken|has gone/,
  },
  {
    name: "a commit whose answer was lost is repeated",
    file: "src/worker/committer.ts",
    from: "for (const lease of leases) this.#inDoubt(lease, error);",
    to: "return this.#send(lane, batch.map((one) => ({ ...one, change: { ...one.change, rev: one.change.rev + 1 } })));",
    found: /has taken|has gone|has counted|has started|times|not at its end/,
  },
  {
    name: "the inbox of a range that was taken again is not read again",
    file: "src/worker/worker.ts",
    from: "this.#runner.forgetInbox(range);",
    to: "",
    found: /not at its end/,
  },
  {
    name: "a change is submitted between the last look at the queue and the end of the drain",
    file: "src/worker/committer.ts",
    from: "lane.running = undefined;",
    to: "tell(); await new Promise(setImmediate); lane.running = undefined;",
    found: /not at its end/,
  },
  {
    name: "a message to what is near its deadline, and not due, wakes nobody",
    file: "src/worker/agenda.ts",
    from: "this.#woken.dueOf(id) <= now",
    to: "this.#woken.has(id)",
    found: /not at its end/,
  },
] as const;

for (const { name, file, from, to, found } of bugs) {
  test(`finds the bug that ${name}`, async () => {
    await withMutant(file, from, to, async (copy) => {
      const mutant: typeof import("./simulate.ts") = await import(join(copy, "test/simulation/simulate.ts"));
      const failure = await mutant.firstFailure(0, mostSeeds);
      assert.match(failure?.split("\n")[0] ?? "nothing was found", found);
    });
  });
}
