import { setTimeout as sleep } from "node:timers/promises";
import { states } from "../contenders/contender.ts";
import { contender, type Name } from "../contenders/contenders.ts";
import type { ContenderProcess } from "./contender-process.ts";
import { onFreshDatabase, type Setting } from "./fresh-database.ts";
import { type BenchPostgres, walPosition } from "./postgres.ts";
import { processorSeconds } from "./processor.ts";
import { holdSnapshot } from "./snapshot.ts";

export interface Raced {
  /** Durable steps a second. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Bytes of Postgres's write-ahead log a step. */
  readonly walBytesEach: number;
  readonly postgresCores: number;
  readonly workerCores: number;
}

/**
 * Takes a contender's share of the keys through the four states on a fresh database. Keys are there before the clock starts, with the
 * worker's process on its connected store; it stops when the store says that nothing is left.
 */
export async function race(postgres: BenchPostgres, name: Name, keys: number): Promise<Raced> {
  const mine = await shareOf(name, keys);
  return onFreshDatabase(postgres, name, { keys: mine, endless: false, isIdle: false }, async (workers, url) => {
    const wal = await walPosition(url);
    const before = used(postgres, workers);
    const began = performance.now();
    for (const worker of workers) await worker.work();
    await untilFinished(workers, mine);
    const seconds = (performance.now() - began) / 1000;
    const after = used(postgres, workers);
    const steps = mine * states.length;
    return {
      perSecond: steps / seconds,
      seconds,
      walBytesEach: Number((await walPosition(url)) - wal) / steps,
      postgresCores: (after.postgres - before.postgres) / seconds,
      workerCores: (after.workers - before.workers) / seconds,
    };
  });
}

export interface Held {
  /** Durable steps a second. */
  readonly perSecond: number;
  /** The same, in the last sixth of the time: what walks over dead versions of rows is slower the more of them there are. */
  readonly atEnd: number;
}

/** Keys go round for ever, while another session holds a snapshot open for all of these seconds. */
export async function raceUnderSnapshot(postgres: BenchPostgres, name: Name, keys: number, seconds: number): Promise<Held> {
  const setting = { keys: await shareOf(name, keys), endless: true, isIdle: false };
  return onFreshDatabase(postgres, name, setting, async (workers, url) => {
    await using _held = await holdSnapshot(url);
    for (const worker of workers) await worker.work();
    const first = await speed(workers, (seconds * 5) / 6);
    const atEnd = await speed(workers, seconds / 6);
    return { perSecond: (first * 5 + atEnd) / 6, atEnd };
  });
}

/** Steps a second of keys that go round for ever, once each has gone round for the first time. */
export async function steadySpeed(
  postgres: BenchPostgres,
  name: Name,
  keys: number,
  seconds: number,
  prepare?: Setting["prepare"],
): Promise<number> {
  const setting = { keys, endless: true, isIdle: false, ...(prepare && { prepare }) };
  return onFreshDatabase(postgres, name, setting, async (workers) => {
    for (const worker of workers) await worker.work();
    while (stepsOf(workers) < keys * states.length) await sleep(50);
    return speed(workers, seconds);
  });
}

async function speed(workers: readonly ContenderProcess[], seconds: number): Promise<number> {
  const before = stepsOf(workers);
  const began = performance.now();
  await sleep(seconds * 1000);
  return (stepsOf(workers) - before) / ((performance.now() - began) / 1000);
}

async function untilFinished(workers: readonly ContenderProcess[], keys: number): Promise<void> {
  const [first] = workers;
  // The store is asked only when every handler has had its turn, so that the asking costs nothing before.
  while (workers.reduce((sum, worker) => sum + worker.progress.finished, 0) < keys) await sleep(5);
  while (((await first?.left()) ?? 0) > 0) await sleep(5);
}

function stepsOf(workers: readonly ContenderProcess[]): number {
  return workers.reduce((sum, worker) => sum + worker.progress.steps, 0);
}

function used(postgres: BenchPostgres, workers: readonly ContenderProcess[]) {
  return {
    postgres: processorSeconds(postgres.pid),
    workers: workers.reduce((sum, worker) => sum + processorSeconds(worker.pid), 0),
  };
}

async function shareOf(name: Name, keys: number): Promise<number> {
  return Math.max(1, Math.round(keys * (await contender(name)).share));
}
