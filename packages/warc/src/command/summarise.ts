import { hashOf, startHash } from "#hash";
import type { Input } from "../bytes/input.ts";
import type { Finding } from "../finding.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";

/** By what two records are taken to be the same: WARC-Record-ID, else and on demand the URL, the time and the type. */
export type By = "id" | "url";

/** What is compared of a record. */
export interface Summary {
  readonly key: string;
  readonly offset: number;
  readonly type: string;
  readonly url: string;
  /** Digests of the fields, in any order, and of the block. */
  readonly fields: string;
  readonly block: string;
}

/** The summaries of the records of an archive, a line each, which sort by their keys. */
export async function* summarise(
  input: Input,
  { offset, by, report }: { readonly offset: number; readonly by: By; readonly report: (finding: Finding) => void },
): AsyncGenerator<string> {
  for await (const record of readRecords(input, { offset, report })) {
    const block = startHash("sha256");
    for await (const piece of record.block) block.update(piece);
    const { type = "-", targetUri = "-" } = record;
    yield formatSummary({
      key: keyOf(record, by),
      offset: record.offset,
      type,
      url: targetUri,
      fields: digestOfFields(record),
      block: hex(block.digest()),
    });
  }
}

/** Characters of a part of a line. What is longer is told by its digest. */
const longest = 4096;

function formatSummary({ key, offset, type, url, fields, block }: Summary): string {
  return [key, offset, JSON.stringify(short(type)), JSON.stringify(short(url)), fields, block].join("\t");
}

export function parseSummary(line: string): Summary {
  const [key = "", offset, type = "", url = "", fields = "", block = ""] = line.split("\t");
  return { key, offset: Number(offset), type: String(JSON.parse(type)), url: String(JSON.parse(url)), fields, block };
}

/** Of visible ASCII, so that all sort it alike; it begins with a sign, so that nothing takes the line for the header of an index. */
function keyOf({ id, targetUri = "", date = "", type = "" }: ArchiveRecord, by: By): string {
  const key = by === "id" && id !== undefined ? short(id) : [targetUri, date, type].map(short).join(" ");
  return `=${key.replace(/[^\x21-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`)}`;
}

/** Names are the same in either case, and their order says nothing (ISO 28500:2017 4). */
function digestOfFields({ fields }: ArchiveRecord): string {
  const lines = fields.list.map(({ name, value }) => `${name.toLowerCase()}: ${value}`).sort();
  return hex(hashOf("sha256", encoder.encode(lines.join("\n"))));
}

function short(text: string): string {
  return text.length <= longest ? text : hex(hashOf("sha256", encoder.encode(text)));
}

const encoder = new TextEncoder();

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
