import type { RandomAccess } from "../bytes/input.ts";
import { compareBytes } from "../cdx/byte-order.ts";
import type { Finding } from "../finding.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { type Packing, packRecord } from "../write/pack-record.ts";

/** Answers whether a record is wanted. It may read the beginning of the block, and gets a number that is the record's in its file. */
export type Choose = (record: ArchiveRecord) => Promise<boolean>;

type Write = (bytes: Uint8Array) => Promise<unknown>;

export interface CopyOptions {
  /** Of the file, where to begin. */
  readonly offset: number;
  /** How the file is packed, and how what is written is to be. */
  readonly from: Packing;
  readonly to: Packing;
  readonly report: (finding: Finding) => void;
  /** Undefined where records are only counted. */
  readonly write: Write | undefined;
}

/** How many records there were, and how many of them were wanted. */
export interface Chosen {
  readonly records: number;
  readonly chosen: number;
}

/**
 * Copies the records of a file that are chosen: byte by byte where they fill whole members; packed anew where their member holds others that
 * are not chosen, or where the output is packed in another way. A record that is cut is left out unless it fills a member, since what comes
 * next would be taken for the rest of it. Holds a number for each record that is chosen of one member.
 */
export async function copyChosen(file: RandomAccess, choose: Choose, options: CopyOptions): Promise<Chosen> {
  const { offset, report } = options;
  const copier = new Copier(file, choose, options);
  let records = 0;
  let chosen = 0;
  for await (const record of readRecords(file, { offset, report })) {
    await copier.enter(record);
    const isChosen = await choose(record);
    const { length, cut } = await record.end();
    copier.add(isChosen, length, cut);
    records++;
    if (isChosen) chosen++;
  }
  await copier.leave(file.size);
  return { records, chosen };
}

/** Records that lie at one offset: one, or those that share a gzip member or zstd frame. */
interface Group {
  readonly offset: number;
  readonly format: ArchiveRecord["format"];
  /** Behind the last one; undefined where that cannot be told. */
  end: number | undefined;
  isCut: boolean;
  areAllChosen: boolean;
  isAnyChosen: boolean;
  /** Whether the record before it goes on in its member. */
  readonly isEntered: boolean;
}

class Copier {
  readonly #file: RandomAccess;
  readonly #choose: Choose;
  readonly #options: CopyOptions;
  #group: Group | undefined;

  constructor(file: RandomAccess, choose: Choose, options: CopyOptions) {
    this.#file = file;
    this.#choose = choose;
    this.#options = options;
  }

  /** Another record begins. */
  async enter({ offset, format }: ArchiveRecord): Promise<void> {
    const before = this.#group;
    if (before?.offset === offset) return;
    await this.leave(offset);
    const isEntered = before?.end !== undefined && before.end > offset;
    this.#group = { offset, format, end: undefined, isCut: false, areAllChosen: true, isAnyChosen: false, isEntered };
  }

  /** Its end has been reached. */
  add(isChosen: boolean, length: number | undefined, cut: boolean): void {
    const group = this.#group;
    if (!group) return;
    group.end = length === undefined ? undefined : group.offset + length;
    group.isCut ||= cut;
    group.areAllChosen &&= isChosen;
    group.isAnyChosen ||= isChosen;
  }

  /** Writes what is chosen of the records that lie before `next`. */
  async leave(next: number): Promise<void> {
    const { write, from, to } = this.#options;
    const group = this.#group;
    if (!group?.isAnyChosen || !write || (from.kind === "plain" && group.isCut)) return;
    const { offset, end } = group;
    if (!group.areAllChosen || group.isEntered || !areAlike(from, to) || end === undefined || end > next)
      return this.#packAnew(group, write);
    for (let at = offset; at < end; ) {
      const bytes = await this.#file.read(at, Math.min(1 << 20, end - at));
      if (bytes.length === 0) return;
      await write(bytes);
      at += bytes.length;
    }
    if (from.kind === "plain") await write(trailers[group.format]);
  }

  /** Reads the records once to choose, and those that are chosen once more: of a block only the beginning can be held. */
  async #packAnew({ offset }: Group, write: Write): Promise<void> {
    const numbers = new Set<number>();
    for await (const record of readRecords(this.#file, { offset })) {
      if (record.offset !== offset) break;
      if ((await this.#choose(record)) && !(await record.end()).cut) numbers.add(record.number);
    }
    for await (const record of readRecords(this.#file, { offset })) {
      if (record.offset !== offset) return;
      if (numbers.has(record.number)) for await (const bytes of packRecord(record, this.#options.to)) await write(bytes);
    }
  }
}

/** Whether what is packed as one can stand among what is packed as the other. */
export function areAlike(one: Packing, other: Packing): boolean {
  const [a, b] = [one, other].map((packing) => (packing.kind === "zstd" ? packing.dictionary : undefined));
  return one.kind === other.kind && compareBytes(a ?? none, b ?? none) === 0;
}

const none = new Uint8Array(0);
const trailers = { warc: Buffer.from("\r\n\r\n"), arc: Buffer.from("\n") };
