import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chaosRun, type Verdict } from "./chaos.ts";
import { withMutant } from "./mutant.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

const workerFile = fileURLToPath(new URL("worker-process.ts", import.meta.url));
let server: PostgresServer;
before(async () => {
  server = await startPostgres();
});
after(async () => {
  await server[Symbol.asyncDispose]();
});

test("workers are killed, frozen, cut off and replaced: no transition is lost, doubled or stale", async () => {
  for (const seed of [1001, 1002, 1003, 1004]) assertSound(seed, await chaosRun(server, seed, workerFile));
});

test("the checker catches an epoch check that checks nothing", async () => {
  const check = "i.rev = c.rev and exists (select from fence)";
  await withMutant("src/store/commit.ts", check, "i.rev = c.rev", async (copy) => {
    const caught: string[] = [];
    for (let seed = 1; seed <= 30 && caught.length === 0; seed++) {
      const { broken } = await chaosRun(server, seed, join(copy, "test/worker-process.ts"), ["freeze"]);
      caught.push(...broken);
    }
    assert.match(caught[0] ?? "nothing", /^stale/);
  });
});

function assertSound(seed: number, verdict: Verdict): void {
  assert.deepEqual(verdict.broken, [], `seed ${seed}, after ${verdict.faults.join(", ")}`);
  assert.ok(verdict.transitions > 100, `only ${verdict.transitions} transitions`);
}
