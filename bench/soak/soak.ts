import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContenderProcess } from "../measure/contender-process.ts";
import { onFreshDatabase } from "../measure/fresh-database.ts";
import { type BenchPostgres, query } from "../measure/postgres.ts";
import { residentBytes } from "../measure/processor.ts";
import { holdSnapshot } from "../measure/snapshot.ts";

export interface Soak {
  readonly seconds: number;
  readonly snapshotSeconds: number;
  readonly everySeconds: number;
  readonly keys: number;
}

export interface Sample {
  /** Since the start. */
  readonly second: number;
  /** Since the sample before. */
  readonly stepsPerSecond: number;
  /** Of all tables but history, with what is TOASTed. */
  readonly tableBytes: number;
  readonly indexBytes: number;
  readonly historyBytes: number;
  /** Of the worker. */
  readonly rssBytes: number;
}

/** History grows by design, and a full disk would take others down with it. */
const leastFreeBytes = 10e9;

/** Keys go round and round while one snapshot after the other is held, each opened before the one before it ends. */
export function soak(postgres: BenchPostgres, options: Soak, say: (sample: Sample) => void): Promise<readonly Sample[]> {
  const setting = { keys: options.keys, endless: true, isIdle: false };
  return onFreshDatabase(postgres, "ours", setting, async ([worker], url) => {
    if (!worker) throw new Error("BUG: a contender without a process");
    await worker.work();
    const end = performance.now() + options.seconds * 1000;
    const [samples] = await Promise.all([takeSamples(worker, url, options, end, say), holdSnapshots(url, options.snapshotSeconds, end)]);
    return samples;
  });
}

async function holdSnapshots(url: string, seconds: number, end: number): Promise<void> {
  let held = await holdSnapshot(url);
  while (performance.now() < end) {
    await sleep(Math.min(seconds * 1000, Math.max(0, end - performance.now())));
    const next = await holdSnapshot(url);
    await held[Symbol.asyncDispose]();
    held = next;
  }
  await held[Symbol.asyncDispose]();
}

async function takeSamples(worker: ContenderProcess, url: string, { everySeconds }: Soak, end: number, say: (sample: Sample) => void) {
  const began = performance.now();
  const samples: Sample[] = [];
  let before = { steps: worker.progress.steps, at: began };
  while (performance.now() < end) {
    await sleep(everySeconds * 1000);
    const now = { steps: worker.progress.steps, at: performance.now() };
    const sample = {
      second: (now.at - began) / 1000,
      stepsPerSecond: ((now.steps - before.steps) / (now.at - before.at)) * 1000,
      ...(await sizes(url)),
      rssBytes: residentBytes(worker.pid),
    };
    before = now;
    samples.push(sample);
    say(sample);
    await refuseFullDisk();
  }
  return samples;
}

async function sizes(url: string): Promise<Pick<Sample, "tableBytes" | "indexBytes" | "historyBytes">> {
  const [row] = await query<{ tables: number; indexes: number; history: number }>(
    url,
    `select
       coalesce(sum(pg_table_size(oid)) filter (where not past), 0)::float8 as tables,
       coalesce(sum(pg_indexes_size(oid)) filter (where not past), 0)::float8 as indexes,
       coalesce(sum(pg_total_relation_size(oid)) filter (where past), 0)::float8 as history
     from (
       select oid, relname like 'history%' as past from pg_class where relnamespace = 'fettle'::regnamespace and relkind = 'r'
     ) all_tables`,
  );
  if (!row) throw new Error("BUG: an aggregate without a row");
  return { tableBytes: row.tables, indexBytes: row.indexes, historyBytes: row.history };
}

async function refuseFullDisk(): Promise<void> {
  const disk = await statfs(tmpdir());
  const free = disk.bavail * disk.bsize;
  if (free < leastFreeBytes) throw new Error(`${tmpdir()} has ${(free / 1e9).toFixed(1)} GB left: make room, or soak for fewer --minutes`);
}
