import { setTimeout as sleep } from "node:timers/promises";
import { type BenchPostgres, query, walPosition } from "../measure/postgres.ts";
import { processorSeconds } from "../measure/processor.ts";
import { cloneInstances } from "./clone-instances.ts";
import { startOneOfEach, WorkerProcess } from "./start-worker.ts";

/** Healthy things, each looked at every 30 seconds by a handler that waits again and changes nothing. */
export async function watchAll(
  postgres: BenchPostgres,
  instances: number,
  seconds: number,
): Promise<{ walBytesPerSecond: number; cores: number; perSecond: number }> {
  const url = await postgres.create();
  try {
    await startOneOfEach(url);
    await cloneInstances(url, { machine: "bench/watcher", prefix: "key-", count: instances, due: { fromMs: 0, toMs: 30_000 } });
    await query(url, "vacuum (analyze)");
    await using worker = await WorkerProcess.open(url);
    worker.begin();
    // Everyone has had a turn, and whatever came due while the worker started is spread out by its own waits.
    await worker.until(({ entered }) => entered >= instances);
    await sleep(5_000);
    // What the copying left to be written is written now, and not while it is measured.
    await query(url, "checkpoint");
    const before = { wal: await walPosition(url), used: used(postgres, worker), entered: worker.progress.entered, at: performance.now() };
    await sleep(seconds * 1000);
    const took = (performance.now() - before.at) / 1000;
    return {
      walBytesPerSecond: Number((await walPosition(url)) - before.wal) / took,
      cores: (used(postgres, worker) - before.used) / took,
      perSecond: (worker.progress.entered - before.entered) / took,
    };
  } finally {
    await postgres.drop(url);
  }
}

function used(postgres: BenchPostgres, worker: WorkerProcess): number {
  return processorSeconds(postgres.pid) + processorSeconds(worker.pid);
}
