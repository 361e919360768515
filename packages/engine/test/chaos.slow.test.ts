import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { chaosRun } from "./chaos.ts";
import { startPostgres } from "./postgres-server.ts";

const workerFile = fileURLToPath(new URL("worker-process.ts", import.meta.url));
const seeds = Array.from({ length: 200 }, (_, index) => index + 1);
const atOnce = 3;

test(`${seeds.length} seeded schedules of kills, freezes, cuts and stops: nothing lost, doubled or stale`, {
  timeout: 40 * 60_000,
}, async () => {
  await using server = await startPostgres();
  const left = [...seeds];
  const lane = async () => {
    for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
      const { broken, faults } = await chaosRun(server, seed, workerFile);
      assert.deepEqual(broken, [], `seed ${seed}, after ${faults.join(", ")}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
});
