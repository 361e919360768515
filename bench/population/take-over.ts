import { setTimeout as sleep } from "node:timers/promises";
import { type BenchPostgres, query } from "../measure/postgres.ts";
import { residentBytes } from "../measure/processor.ts";
import { cloneInstances } from "./clone-instances.ts";
import { startOneOfEach, WorkerProcess } from "./start-worker.ts";

const ranges = 64;

/**
 * A worker has taken a range over when it runs what is due there, so probes are put into all of them: enough that none is without.
 * `takeoverMs` counts from the end of the dead worker's lease: before it nobody may know that the worker is dead.
 */
export async function takeOver(
  postgres: BenchPostgres,
  instances: number,
  settlingSeconds: number,
): Promise<{ takeoverMs: number; startMs: number; bytesEach: number }> {
  const url = await postgres.create();
  try {
    const bare = await bareBytes(url, settlingSeconds);
    await startOneOfEach(url);
    await cloneInstances(url, { machine: "bench/sleeper", prefix: "key-", count: instances, due: { fromMs: 30 * day, toMs: 31 * day } });
    await query(url, "vacuum (analyze)");
    await putProbes(url, "first");

    const first = await WorkerProcess.open(url);
    await using _first = first;
    const began = Date.now();
    first.begin();
    await first.until(({ probed }) => probed === ranges);
    const startMs = first.progress.lastProbedAt - began;
    await sleep(settlingSeconds * 1000);
    const bytesEach = (residentBytes(first.pid) - bare) / instances;

    await first[Symbol.asyncDispose]();
    await putProbes(url, "second");
    const [lease] = await query<{ ends: number }>(url, "select extract(epoch from max(expires))::float8 * 1000 as ends from fettle.worker");
    if (!lease?.ends) throw new Error("BUG: the killed worker had no lease");
    await using second = await WorkerProcess.open(url);
    second.begin();
    await second.until(({ probed }) => probed === ranges);
    return { takeoverMs: second.progress.lastProbedAt - lease.ends, startMs, bytesEach };
  } finally {
    await postgres.drop(url);
  }
}

async function bareBytes(url: string, settlingSeconds: number): Promise<number> {
  await using worker = await WorkerProcess.open(url);
  worker.begin();
  await sleep(settlingSeconds * 1000);
  const bytes = residentBytes(worker.pid);
  // Its lease is not waited for: nobody is in need of the ranges of an empty store.
  await query(url, "delete from fettle.worker");
  return bytes;
}

/** Sixteen a range on average, placed by their hash as every instance is. */
function putProbes(url: string, prefix: string): Promise<void> {
  return cloneInstances(url, { machine: "bench/probe", prefix: `${prefix}-`, count: 16 * ranges, due: { fromMs: 0, toMs: 0 } });
}

const day = 86_400_000;
