import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { LineCursor } from "./cursor.ts";
import { Header } from "./header.ts";
import { replaceFile, writeLines } from "./index-file.ts";
import { mergeLines } from "./merge.ts";

export interface SortSource {
  /** Told in errors. */
  readonly name: string;
  /** Of the index as it is when unpacked. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface MergeOptions {
  /** Leaves one of several equal lines. */
  readonly unique?: boolean;
}

export interface SortOptions extends MergeOptions {
  /** Bytes of lines that are held at once; the process takes several times as much. */
  readonly memory?: number;
}

const defaultMemory = 16 * 1024 * 1024;
/** Runs merged at once, each with a chunk in memory and a file open. */
const mostRuns = 64;

/**
 * Sorts indexes, however large, into one file: by bytes, as `LC_ALL=C sort` does and as look-ups expect, with the header line on top.
 * Runs lie beside the output while it works; the output appears whole, or not at all. Throws `MIXED_LEGENDS`, `LINE_TOO_LONG`, and what the
 * file system throws. Returns how many lines it wrote, headers left out.
 */
export function sortIndex(sources: readonly SortSource[], output: string, options: SortOptions = {}): Promise<number> {
  const { unique = false, memory = defaultMemory } = options;
  return replaceFile(output, async (folder) => {
    const header = new Header();
    let runs = await writeRuns(sources, folder, header, memory);
    while (runs.length > mostRuns) runs = await mergeSome(runs, folder);
    const made = join(folder, "sorted");
    return { made, result: await writeMerged(openRuns(runs), made, { unique, header }) };
  });
}

/** Merges indexes that are sorted already, in one pass; else as `sortIndex`. Throws `NOT_SORTED` where one of them is not. */
export function mergeIndexes(sources: readonly SortSource[], output: string, { unique = false }: MergeOptions = {}): Promise<number> {
  return replaceFile(output, async (folder) => {
    const made = join(folder, "merged");
    const cursors = sources.map(({ name, bytes }, rank) => new LineCursor(bytes, name, rank));
    return { made, result: await writeMerged(cursors, made, { unique, header: new Header() }) };
  });
}

async function writeRuns(sources: readonly SortSource[], folder: string, header: Header, memory: number): Promise<string[]> {
  const runs: string[] = [];
  let lines: string[] = [];
  let held = 0;
  const flush = async () => {
    const run = join(folder, `run-${runs.length}`);
    await writeLines(run, [lines.sort()]);
    runs.push(run);
    lines = [];
    held = 0;
  };
  for (const { name, bytes } of sources) {
    await using cursor = new LineCursor(bytes, name);
    while (cursor.step() || (await cursor.fill())) {
      const { line = "" } = cursor;
      if (header.take(line, name)) continue;
      lines.push(line);
      held += line.length + 1;
      if (held >= memory) await flush();
    }
  }
  if (lines.length > 0) await flush();
  return runs;
}

/** One pass over more runs than can be open at once. */
async function mergeSome(runs: readonly string[], folder: string): Promise<string[]> {
  const merged: string[] = [];
  for (let from = 0; from < runs.length; from += mostRuns) {
    const some = runs.slice(from, from + mostRuns);
    const run = join(folder, `merged-${runs.length}-${merged.length}`);
    await writeMerged(openRuns(some), run, { unique: false, header: new Header() });
    for (const done of some) await rm(done);
    merged.push(run);
  }
  return merged;
}

function openRuns(runs: readonly string[]): LineCursor[] {
  return runs.map((run, rank) => new LineCursor(createReadStream(run), run, rank));
}

async function writeMerged(
  cursors: readonly LineCursor[],
  path: string,
  { unique, header }: { unique: boolean; header: Header },
): Promise<number> {
  let count = 0;
  let last: string | undefined;
  async function* batches(): AsyncGenerator<string[]> {
    for (const cursor of cursors) while ((await cursor.next()) && header.take(cursor.line ?? "", cursor.name));
    if (header.legend !== undefined) yield [header.legend];
    for await (const batch of mergeLines(cursors)) {
      const kept: string[] = unique ? batch.filter((line, index) => line !== (index === 0 ? last : batch[index - 1])) : batch;
      last = batch.at(-1);
      count += kept.length;
      yield kept;
    }
  }
  try {
    await writeLines(path, batches());
  } finally {
    for (const cursor of cursors) await cursor[Symbol.asyncDispose]();
  }
  return count;
}
