import { createReadStream, existsSync } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { openFile } from "../../bytes/file.ts";
import { readLines } from "../../cdx/lines.ts";
import { mergeIndexes } from "../../cdx/node/sort.ts";
import { SortedFile } from "../../cdx/sorted-file.ts";
import { BloomFilter } from "../bloom-filter.ts";
import { keyOfDigest, parseDigestLine } from "../digest-line.ts";
import type { Candidate, Earlier, Seen } from "../seen.ts";

/** Payloads that earlier archives have, in two files: FILE, a filter that is held in memory, and FILE.cdxj, sorted by digest, which has the last word. */
export interface BloomStore extends Seen, AsyncDisposable {
  /** Adds the payloads in a sorted file of digest lines. */
  add(lines: string): Promise<void>;
}

/**
 * Opens a store, or begins one where there is none. A filter that is missing is made from the other file; `rate` of what it does not have costs
 * a look there. Throws `BAD_BLOOM`.
 */
export async function openBloomStore(path: string, rate: number): Promise<BloomStore> {
  const lines = `${path}.cdxj`;
  const add = (more: string) => extend(path, more, rate);
  if (!existsSync(lines)) return { find: async (asked) => asked.map(() => undefined), add, [Symbol.asyncDispose]: async () => undefined };
  const filter = existsSync(path) ? BloomFilter.parse(await readFile(path), path) : await makeFilter(lines, rate);
  const file = await openFile(lines);
  const sorted = new SortedFile(file, lines);
  return {
    find: (asked) => Promise.all(asked.map((candidate) => findOne(filter, sorted, candidate))),
    add,
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

async function findOne(filter: BloomFilter, sorted: SortedFile, { digest }: Candidate): Promise<Earlier | undefined> {
  const key = keyOfDigest(digest);
  if (!key || !filter.mayHave(key.bytes)) return undefined;
  for await (const line of sorted.from(new TextEncoder().encode(`${key.key} `))) {
    const found = parseDigestLine(new TextDecoder().decode(line));
    return found?.digest === key.key ? found.earlier : undefined;
  }
  return undefined;
}

/** The sorted file first: a filter that lacks something costs room, and nothing else. */
async function extend(path: string, more: string, rate: number): Promise<void> {
  const lines = `${path}.cdxj`;
  const sources = [...(existsSync(lines) ? [lines] : []), more].map((name) => ({ name, bytes: createReadStream(name) }));
  await mergeIndexes(sources, lines, { unique: true });
  const filter = await makeFilter(lines, rate);
  const temporary = `${path}.open`;
  try {
    await using file = await open(temporary, "w");
    for (const bytes of filter.bytes) await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await rename(temporary, path);
}

async function makeFilter(lines: string, rate: number): Promise<BloomFilter> {
  let count = 0;
  for await (const _ of readLines(createReadStream(lines))) count++;
  const filter = BloomFilter.forMembers(count, rate);
  const utf8 = new TextDecoder();
  for await (const { bytes } of readLines(createReadStream(lines))) {
    const key = keyOfDigest(parseDigestLine(utf8.decode(bytes))?.digest ?? "");
    if (key) filter.add(key.bytes);
  }
  return filter;
}
