import type { BenchPostgres } from "../measure/postgres.ts";
import { steadySpeed } from "../measure/race.ts";
import { cloneInstances } from "./clone-instances.ts";
import { startOneOfEach } from "./start-worker.ts";

/** Steps a second of keys that go round and round, without and with sleepers in the same tables and in the same worker's memory. */
export async function moveBesideSleepers(
  postgres: BenchPostgres,
  keys: number,
  sleepers: number,
  seconds: number,
): Promise<{ alone: number; beside: number; ratio: number }> {
  const alone = await steadySpeed(postgres, "ours", keys, seconds);
  const beside = await steadySpeed(postgres, "ours", keys, seconds, async (url) => {
    await startOneOfEach(url);
    const due = { fromMs: 30 * day, toMs: 31 * day };
    await cloneInstances(url, { machine: "bench/sleeper", prefix: "key-", count: sleepers, due, isSorted: true });
  });
  return { alone, beside, ratio: beside / alone };
}

const day = 86_400_000;
