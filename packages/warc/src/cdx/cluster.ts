import type { RandomAccess } from "../bytes/input.ts";
import { WarcError } from "../error.ts";
import { compareBytes } from "./byte-order.ts";
import { readLines } from "./lines.ts";
import { SortedFile, type SortedLines } from "./sorted-file.ts";

/** A line of a cluster's `.idx`: the first line of a block, and where the block lies. */
export interface ClusterBlock {
  /** Key and time of the block's first line. */
  readonly key: string;
  /** Which of the cluster's files it lies in; the name that a `.loc` file maps to paths. */
  readonly part: string;
  /** Bytes from the start of that file. */
  readonly offset: number;
  readonly length: number;
  /** From 1 in the whole cluster. */
  readonly number: number;
}

/** What is thrown of a cluster that is not what its `.idx` says. */
export function damagedCluster(problem: string, cause?: unknown): WarcError {
  const fix = "Make the cluster again from its index, or replace the file by a good copy";
  return new WarcError("DAMAGED_CLUSTER", `Cannot read the cluster: ${problem}`, fix, { cause });
}

/** `key time<TAB>part<TAB>offset<TAB>length<TAB>number`. */
export function formatBlock({ key, part, offset, length, number }: ClusterBlock): string {
  return [key, part, offset, length, number].join("\t");
}

/**
 * Reads a line of an `.idx`, also in the form that WACZ files have, `key time {"offset": 0, "length": 9}`, whose blocks lie in one file.
 * Undefined for a header line; throws `DAMAGED_CLUSTER` where it is neither.
 */
export function parseBlock(line: string): ClusterBlock | undefined {
  if (line.startsWith("!")) return undefined;
  const [key = "", part = "", offset, length, number = "0"] = line.split("\t");
  if (length !== undefined) return checkBlock({ key, part, offset: Number(offset), length: Number(length), number: Number(number) }, line);
  const json = /^(\S+ \S+) (\{.*\})$/.exec(line);
  const value: unknown = json?.[2] === undefined ? undefined : parseJson(json[2]);
  if (typeof value !== "object" || value === null || !("offset" in value) || !("length" in value))
    throw damagedCluster(`its .idx has the line ${line.slice(0, 80)}`);
  return checkBlock({ key: json?.[1] ?? "", part: "", offset: Number(value.offset), length: Number(value.length), number: 0 }, line);
}

/** A ZipNum cluster: an index in gzip members of some 3,000 lines, and an `.idx` of their first lines, both searched where they lie. */
export class Cluster implements SortedLines {
  readonly #blocks: SortedFile;
  readonly #open: (part: string) => Promise<RandomAccess>;

  /** `open` gives the file of a part, `""` where the `.idx` names none; it is asked for each block, so it should keep what it has opened. */
  constructor(idx: RandomAccess, open: (part: string) => Promise<RandomAccess>) {
    this.#blocks = new SortedFile(idx, "an .idx");
    this.#open = open;
  }

  async *from(key: Uint8Array): AsyncGenerator<Uint8Array> {
    let isReached = false;
    for await (const block of this.#blocksFrom(key))
      for await (const line of this.#read(block)) {
        isReached ||= compareBytes(line, key) >= 0;
        if (isReached) yield line;
      }
  }

  async before(key: Uint8Array): Promise<Uint8Array | undefined> {
    const first = await this.#blocks.before(key);
    const block = first && parseBlock(decoder.decode(first));
    let last: Uint8Array | undefined;
    if (block) for await (const line of this.#read(block)) if (compareBytes(line, key) < 0) last = line;
    return last;
  }

  /** The key may stand in the last block that starts before it. */
  async *#blocksFrom(key: Uint8Array): AsyncGenerator<ClusterBlock> {
    for await (const line of this.#blocks.from((await this.#blocks.before(key)) ?? key)) {
      const block = parseBlock(decoder.decode(line));
      if (block) yield block;
    }
  }

  async *#read({ part, offset, length }: ClusterBlock): AsyncGenerator<Uint8Array> {
    const file = await this.#open(part);
    if (offset + length > file.size)
      throw damagedCluster(`the block at ${offset} of ${part || "its file"} ends behind the end of the file`);
    const bytes = await file.read(offset, length);
    try {
      for await (const line of readLines(inflate(bytes))) if (line.bytes.length > 0) yield line.bytes;
    } catch (error) {
      throw damagedCluster(`the block at ${offset} of ${part || "its file"} is no gzip member of ${length} bytes`, error);
    }
  }
}

const decoder = new TextDecoder();

/** By the platform's own decoder, which Node and browsers have. */
async function* inflate(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const stream = new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

/** A block is read whole, so its length must be one that blocks have. */
const longestBlock = 64 * 1024 * 1024;

function checkBlock(block: ClusterBlock, line: string): ClusterBlock {
  const isSound = Number.isSafeInteger(block.offset) && Number.isSafeInteger(block.length) && block.offset >= 0 && block.length > 0;
  if (!isSound || block.length > longestBlock) throw damagedCluster(`its .idx has the line ${line.slice(0, 80)}`);
  return block;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
