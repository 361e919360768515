import type { Work } from "../contenders/contender.ts";
import { contender, type Name } from "../contenders/contenders.ts";
import { type ContenderProcess, open } from "./contender-process.ts";
import { type BenchPostgres, query } from "./postgres.ts";

export interface Setting extends Omit<Work, "url"> {
  /** Brings in what else is in the database, after the keys. */
  readonly prepare?: (url: string) => Promise<void>;
}

/**
 * Loads a contender's keys into a database of its own, and runs with its processes open on that store, whose workers have not begun.
 * Afterwards the processes have ended and the database is gone.
 */
export async function onFreshDatabase<Result>(
  postgres: BenchPostgres,
  name: Name,
  setting: Setting,
  run: (workers: readonly ContenderProcess[], url: string) => Promise<Result>,
): Promise<Result> {
  const { hasOwnStore, processes } = await contender(name);
  const url = await postgres.create();
  const { prepare, ...rest } = setting;
  const work = { ...rest, url };
  const workers: ContenderProcess[] = [];
  try {
    const loader = await open(name, work);
    workers.push(loader);
    await loader.load();
    await prepare?.(url);
    await query(url, "vacuum (analyze)");
    // The one that works has nothing of the loading in its memory, where that can be.
    if (!hasOwnStore) await workers.pop()?.end();
    while (workers.length < processes) workers.push(await open(name, work));
    return await Promise.race([run(workers, url), ...workers.map((worker) => worker.broken)]);
  } finally {
    for (const worker of workers) await worker.end();
    await postgres.drop(url);
  }
}
