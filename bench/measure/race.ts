import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { states, type Work } from "../contenders/contender.ts";
import { contender, type Name } from "../contenders/contenders.ts";
import { type ContenderProcess, open } from "./contender-process.ts";
import { type BenchPostgres, query, walPosition } from "./postgres.ts";
import { processorSeconds } from "./processor.ts";

/** Leases are taken, queues registered, caches filled. */
const settling = 2_000;

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
  const { share } = await contender(name);
  const work = { keys: Math.max(1, Math.round(keys * share)), endless: false, isIdle: false };
  return onFreshDatabase(postgres, name, work, async (workers, url) => {
    const wal = await walPosition(url);
    const before = used(postgres, workers);
    const began = performance.now();
    for (const worker of workers) await worker.work();
    await untilFinished(workers, work.keys);
    const seconds = (performance.now() - began) / 1000;
    const after = used(postgres, workers);
    const steps = work.keys * states.length;
    return {
      perSecond: steps / seconds,
      seconds,
      walBytesEach: Number((await walPosition(url)) - wal) / steps,
      postgresCores: (after.postgres - before.postgres) / seconds,
      workerCores: (after.workers - before.workers) / seconds,
    };
  });
}

/** Steps a second of keys that go round for ever, while another session holds a snapshot open for all of these seconds. */
export async function raceUnderSnapshot(postgres: BenchPostgres, name: Name, keys: number, seconds: number): Promise<number> {
  const { share } = await contender(name);
  const work = { keys: Math.max(1, Math.round(keys * share)), endless: true, isIdle: false };
  return onFreshDatabase(postgres, name, work, async (workers, url) => {
    await using _held = await holdSnapshot(url);
    for (const worker of workers) await worker.work();
    const began = performance.now();
    await Promise.race([sleep(seconds * 1000), ...workers.map((worker) => worker.broken)]);
    const steps = workers.reduce((sum, worker) => sum + worker.progress.steps, 0);
    return steps / ((performance.now() - began) / 1000);
  });
}

/** Steps a second of keys that go round for ever, once each has gone round for the first time. */
export async function steadySpeed(postgres: BenchPostgres, name: Name, keys: number, seconds: number, prepare?: Prepare): Promise<number> {
  const work = { keys, endless: true, isIdle: false };
  const run: Run<number> = async (workers) => {
    const steps = () => workers.reduce((sum, worker) => sum + worker.progress.steps, 0);
    for (const worker of workers) await worker.work();
    while (steps() < keys * states.length) await Promise.race([sleep(50), ...workers.map((worker) => worker.broken)]);
    const before = steps();
    const began = performance.now();
    await Promise.race([sleep(seconds * 1000), ...workers.map((worker) => worker.broken)]);
    return (steps() - before) / ((performance.now() - began) / 1000);
  };
  return onFreshDatabase(postgres, name, work, run, prepare);
}

/** Runs it on one worker that has nothing to do. */
export function atRest<Result>(postgres: BenchPostgres, name: Name, run: (worker: ContenderProcess) => Promise<Result>): Promise<Result> {
  return onFreshDatabase(postgres, name, { keys: 0, endless: false, isIdle: true }, async ([worker]) => {
    if (!worker) throw new Error("BUG: a contender without a process");
    await worker.work();
    await sleep(settling);
    return run(worker);
  });
}

/** What a long report or a pg_dump does: no row version that it might see is removed by anybody until it ends. */
export async function holdSnapshot(url: string): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: url, application_name: "a long report" });
  // The database is dropped under it at the end of a bench that failed.
  client.on("error", () => undefined);
  await client.connect();
  await client.query("begin isolation level repeatable read");
  await client.query("select count(*) from pg_class");
  return {
    async [Symbol.asyncDispose]() {
      await client.query("rollback");
      await client.end();
    },
  };
}

/** Brings in what else is in the database. */
type Prepare = (url: string) => Promise<void>;
type Run<Result> = (workers: ContenderProcess[], url: string) => Promise<Result>;

async function onFreshDatabase<Result>(
  postgres: BenchPostgres,
  name: Name,
  work: Omit<Work, "url">,
  run: Run<Result>,
  prepare: Prepare = async () => undefined,
): Promise<Result> {
  const { hasOwnStore, processes } = await contender(name);
  const url = await postgres.create();
  const workers: ContenderProcess[] = [];
  try {
    const loader = await open(name, { ...work, url });
    workers.push(loader);
    await loader.load();
    await prepare(url);
    await query(url, "vacuum (analyze)");
    // The one that works has nothing of the loading in its memory, where that can be.
    if (!hasOwnStore) await workers.pop()?.end();
    while (workers.length < processes) workers.push(await open(name, { ...work, url }));
    return await run(workers, url);
  } finally {
    for (const worker of workers) await worker.end();
    await postgres.drop(url);
  }
}

async function untilFinished(workers: ContenderProcess[], keys: number): Promise<void> {
  const [first] = workers;
  const finished = () => workers.reduce((sum, worker) => sum + worker.progress.finished, 0);
  // The store is asked only when every handler has had its turn, so that the asking costs nothing before.
  while (finished() < keys) await Promise.race([sleep(5), ...workers.map((worker) => worker.broken)]);
  while (((await first?.left()) ?? 0) > 0) await sleep(5);
}

function used(postgres: BenchPostgres, workers: readonly ContenderProcess[]) {
  return {
    postgres: processorSeconds(postgres.pid),
    workers: workers.reduce((sum, worker) => sum + processorSeconds(worker.pid), 0),
  };
}
