import { createReadStream } from "node:fs";
import { type FileHandle, mkdtemp, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { WarcError } from "../../error.ts";
import { parseLegend } from "../cdx.ts";
import { LineCursor } from "./cursor.ts";
import { mergeLines } from "./merge.ts";

export interface SortSource {
  /** Told in errors. */
  readonly name: string;
  /** Of the index as it is when unpacked. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface SortOptions {
  /** Leaves one of several equal lines. */
  readonly unique?: boolean;
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
export async function sortIndex(sources: readonly SortSource[], output: string, options: SortOptions = {}): Promise<number> {
  const folder = await mkdtemp(`${output}.sort-`);
  try {
    const header = new Header();
    let runs = await writeRuns(sources, folder, header, options.memory ?? defaultMemory);
    while (runs.length > mostRuns) runs = await mergeSome(runs, folder);
    const sorted = join(folder, "sorted");
    const lines = await writeMerged(runs, sorted, { unique: options.unique ?? false, legend: header.legend });
    await rename(sorted, output);
    await syncFolder(dirname(output));
    return lines;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The one header line of all sources. That of CDXJ, `!meta …`, sorts to the top by itself. */
class Header {
  legend: string | undefined;

  /** Whether the line is a header, and has been taken. */
  take(line: string, source: string): boolean {
    if (parseLegend(line) === undefined) return false;
    if ((this.legend ??= line) !== line) throw mixedLegends(source, line, this.legend);
    return true;
  }
}

/** Lines whose fields mean different things cannot stand in one file. */
function mixedLegends(source: string, legend: string, first: string): WarcError {
  return new WarcError(
    "MIXED_LEGENDS",
    `Cannot sort ${source} into an index with the header "${first}": it has "${legend}"`,
    "Convert one of them to the other's format first",
  );
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
    const cursor = new LineCursor(bytes, name);
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
    await writeMerged(some, run, { unique: false, legend: undefined });
    for (const done of some) await rm(done);
    merged.push(run);
  }
  return merged;
}

async function writeMerged(
  runs: readonly string[],
  path: string,
  { unique, legend }: { unique: boolean; legend: string | undefined },
): Promise<number> {
  const cursors = runs.map((run, rank) => new LineCursor(createReadStream(run), run, rank));
  let count = 0;
  let last: string | undefined;
  async function* batches(): AsyncGenerator<string[]> {
    if (legend !== undefined) yield [legend];
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
    for (const cursor of cursors) await cursor.close();
  }
  return count;
}

async function writeLines(path: string, batches: Iterable<string[]> | AsyncIterable<string[]>): Promise<void> {
  await using file = await open(path, "w");
  // A run is one batch; in pieces, so that it is not held three times over.
  for await (const batch of batches)
    for (let from = 0; from < batch.length; from += 8192) await append(file, batch.slice(from, from + 8192));
  await file.sync();
}

async function append(file: FileHandle, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await file.writeFile(Buffer.from(`${lines.join("\n")}\n`, "latin1"));
}

/** Without it the new name may be gone after a loss of power. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path);
  await folder.sync();
}
