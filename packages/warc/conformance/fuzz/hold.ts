import type { Finding } from "../../src/finding.ts";
import { type ArchiveRecord, type Extent, type Input, readRecords, WarcError } from "../../src/index.ts";
import { readOurs } from "../read-ours.ts";
import type { Random } from "./random.ts";

/** What holds for every file. */
export interface Broken {
  /** The rule, in a few words that stay the same while the file is made smaller. */
  readonly rule: string;
  readonly detail: string;
}

export interface Held {
  readonly broken: Broken | undefined;
  /** The codes of the findings, each once: files that give others are of interest. */
  readonly codes: readonly string[];
}

/** Reads a file in several ways, and looks whether what it gives can be true, and is the same each time. */
export async function hold(bytes: Uint8Array, random: Random): Promise<Held> {
  try {
    const reading = await readAll(bytes, true);
    const codes = [...new Set(reading.findings.map(({ code }) => code))].sort();
    const broken = checkPlaces(reading, bytes.length) ?? checkRecords(reading) ?? (await checkOthers(bytes, reading, random));
    return { broken, codes };
  } catch (error) {
    const { name, code } = error instanceof WarcError ? error : { name: "no WarcError", code: "" };
    return {
      broken: { rule: `nothing is thrown (${name} ${code})`, detail: error instanceof Error ? (error.stack ?? "") : String(error) },
      codes: [],
    };
  }
}

interface Reading {
  readonly records: readonly { readonly record: ArchiveRecord; readonly extent: Extent; readonly read: number }[];
  readonly findings: readonly Finding[];
}

async function readAll(input: Input, isRead: boolean): Promise<Reading> {
  const findings: Finding[] = [];
  const records: { record: ArchiveRecord; extent: Extent; read: number }[] = [];
  for await (const record of readRecords(input, { report: (finding) => findings.push(finding) })) {
    let read = 0;
    if (isRead) for await (const piece of record.block) read += piece.length;
    records.push({ record, extent: await record.end(), read });
  }
  return { records, findings };
}

function checkPlaces({ records, findings }: Reading, length: number): Broken | undefined {
  for (const finding of findings) {
    const { code, record, offset, plainOffset, message, clause, done } = finding;
    const isPlaced =
      Number.isSafeInteger(offset) && offset >= 0 && offset <= length && Number.isSafeInteger(plainOffset) && plainOffset >= 0;
    if (!isPlaced) return { rule: "every finding has a place", detail: JSON.stringify(finding) };
    if (record !== undefined && !(record >= 0 && record < records.length))
      return { rule: `the record of a finding is there (${code})`, detail: `${JSON.stringify(finding)} of ${records.length} records` };
    if (!code || !message || !clause || !done) return { rule: "every finding says all", detail: JSON.stringify(finding) };
  }
  return undefined;
}

function checkRecords({ records }: Reading): Broken | undefined {
  let end = 0;
  let stored = 0;
  for (const [index, { record, extent, read }] of records.entries()) {
    const detail = `record ${index}: ${JSON.stringify({ ...extent, read, offset: record.offset, plainOffset: record.plainOffset, end, stored })}`;
    if (record.number !== index) return { rule: "records are numbered", detail };
    if (record.plainOffset < end) return { rule: "records do not overlap", detail };
    if (record.offset < stored) return { rule: "records are stored in order", detail };
    if (extent.blockLength !== read) return { rule: "the block has the length told", detail };
    if (!extent.cut && read !== Math.max(0, record.contentLength ?? 0))
      return { rule: "a block that is not cut has its Content-Length", detail };
    end = record.plainOffset + extent.plainLength;
    stored = record.offset;
  }
  return undefined;
}

async function checkOthers(bytes: Uint8Array, reading: Reading, random: Random): Promise<Broken | undefined> {
  // No more than 500 pieces of a file: else few files could be tried.
  const size = Math.ceil(bytes.length / 500) + random.below(random.below(2) === 0 ? 16 : 4096);
  const skipped = await readAll(bytes, false);
  const inPieces = await readAll(pieces(bytes, size), true);
  const others = [
    ["a block that is skipped", skipped],
    ["a file in pieces", inPieces],
  ] as const;
  for (const [what, other] of others) {
    const [one, two] = [JSON.stringify(shape(reading)), JSON.stringify(shape(other))];
    if (one !== two) return { rule: `${what} gives the same`, detail: `${one}\n${two}\nin pieces of ${size}` };
  }
  const [one, two] = [JSON.stringify(await readOurs(bytes)), JSON.stringify(await readOurs(pieces(bytes, size)))];
  if (one !== two) return { rule: "messages and digests in pieces give the same", detail: `${one}\n${two}\nin pieces of ${size}` };
  return undefined;
}

function shape({ records, findings }: Reading) {
  return {
    records: records.map(({ record, extent }) => [record.type, record.offset, record.plainOffset, extent]),
    findings: findings.map(({ code, record, offset, plainOffset }) => [code, record, offset, plainOffset]),
  };
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
