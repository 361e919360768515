import { concat } from "../bytes/stored-bytes.ts";
import { fieldRules } from "../read/field-rules.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { decodeLatin1, encodeLatin1 } from "./latin1.ts";
import { nameUuid } from "./name-uuid.ts";

/** What is known of the block that the header is to describe. */
export interface MendedBlock {
  /** In bytes. */
  readonly length: number;
  /** Whether its end is lost. */
  readonly isCut: boolean;
  /** To be written in the place of those that the header has. */
  readonly digests: Readonly<Record<string, string>>;
}

export interface MendedHead {
  readonly head: Uint8Array;
  /** Lines that can be no part of a header. */
  readonly dropped: Uint8Array;
}

type NamedValue = readonly [name: string, value: string];

/** The header of a record with all set right whose truth is certain (ISO 28500:2017 4, 5); the same bytes where nothing is wrong with it. */
export function mendHead(record: ArchiveRecord, block: MendedBlock): MendedHead {
  const none = new Uint8Array(0);
  if (record.format === "arc") return { head: mendArcLine(record, block.length), dropped: none };
  const written = record.fields.list.map(({ name, value }): NamedValue => [name, value]);
  const mended = mendFields(record, written, block);
  const isSame =
    mended.length === written.length && mended.every(([name, value], at) => written[at]?.[0] === name && written[at][1] === value);
  if (isSame && !record.findings.some(({ code }) => lineFaults.has(code))) return { head: record.head, dropped: none };
  const lines = mended.map(([name, value]) => `${name}: ${value}\r\n`);
  const head = new TextEncoder().encode(`WARC/${record.version}\r\n${lines.join("")}\r\n`);
  return { head, dropped: linesWithout(record) };
}

/** What is gone once every line is written anew from the name and the value that were read. */
const lineFaults: ReadonlySet<string> = new Set([
  "LF_LINE_ENDS",
  "FOLDED_FIELD",
  "NO_COLON",
  "SPACE_BEFORE_COLON",
  "EMPTY_FIELD_NAME",
  "NOT_UTF8",
  "VERSION_LINE_FORM",
]);

function mendFields(record: ArchiveRecord, written: readonly NamedValue[], block: MendedBlock): readonly NamedValue[] {
  const kept = written.filter(([name, value]) => name !== "" && (value !== "" || !isOfStandard(name))).map(mendValue);
  const fields = withoutRepeats(kept);
  const set = (name: string, value: string) => {
    const at = fields.findIndex((field) => isNamed(field, name));
    if (at < 0) fields.push([name, value]);
    else fields[at] = [fields[at]?.[0] ?? name, value];
  };
  for (const [name, value] of missing(record, fields)) set(name, value);
  for (const [name, value] of Object.entries(block.digests)) set(name, value);
  if (block.isCut && !fields.some((field) => isNamed(field, "WARC-Truncated"))) set("WARC-Truncated", "unspecified");
  const length = fields.find((field) => isNamed(field, "Content-Length"));
  if (length === undefined || !/^\d+$/.test(length[1]) || Number(length[1]) !== block.length) set("Content-Length", String(block.length));
  return fields;
}

function mendValue([name, value]: NamedValue): NamedValue {
  const key = name.toLowerCase();
  if (key === "warc-target-uri") return [name, value.replace(/^<(.*)>$/, "$1").replaceAll(" ", "%20")];
  const isBare = angled.has(key) && /^[a-z][a-z0-9+.-]*:[^\s<>]+$/i.test(value);
  return [name, isBare ? `<${value}>` : value];
}

/** Their values stand in angle brackets, ISO 28500:2017 4. */
const angled: ReadonlySet<string> = new Set([
  "warc-record-id",
  "warc-concurrent-to",
  "warc-refers-to",
  "warc-warcinfo-id",
  "warc-segment-origin-id",
]);

/** A field that says the same again says nothing; of Content-Length the first is the one that the record was read by. */
function withoutRepeats(fields: readonly NamedValue[]): NamedValue[] {
  const seen = new Set<string>();
  return fields.filter(([name, value]) => {
    const lower = name.toLowerCase();
    const key = lower === "content-length" ? lower : `${lower}:${value}`;
    if (seen.has(key) && single.has(lower)) return false;
    seen.add(key);
    return true;
  });
}

/** Mandatory fields that follow from the rest of the record. When it was captured, or from where, does not. */
function missing(record: ArchiveRecord, fields: readonly NamedValue[]): NamedValue[] {
  const lacks = (name: string) => !fields.some((field) => isNamed(field, name));
  const derived: NamedValue[] = [];
  const [, kind] = /^application\/http\s*;\s*msgtype\s*=\s*"?(request|response)\b/i.exec(record.contentType ?? "") ?? [];
  if (lacks("WARC-Type") && kind) derived.push(["WARC-Type", kind.toLowerCase()]);
  if (lacks("WARC-Record-ID")) derived.push(["WARC-Record-ID", nameUuid(`${record.plainOffset} ${decodeLatin1(record.head)}`)]);
  return derived;
}

function isNamed([written]: NamedValue, name: string): boolean {
  return written.toLowerCase() === name.toLowerCase();
}

function isOfStandard(name: string): boolean {
  return standardNames.has(name.toLowerCase());
}

const standardNames: ReadonlySet<string> = new Set(fieldRules.map(({ name }) => name.toLowerCase()));
const single: ReadonlySet<string> = new Set([...standardNames].filter((name) => name !== "warc-concurrent-to"));

function linesWithout({ findings, head }: ArchiveRecord): Uint8Array {
  const numbers = findings.filter(({ code }) => code === "NO_COLON" || code === "EMPTY_FIELD_NAME").map(({ line = 0 }) => line);
  if (numbers.length === 0) return new Uint8Array(0);
  const lines: Uint8Array[] = [];
  for (let start = 0; start < head.length; ) {
    const end = head.indexOf(10, start) + 1 || head.length;
    lines.push(head.subarray(start, end));
    start = end;
  }
  return concat(numbers.map((number) => lines[number - 1] ?? new Uint8Array(0)));
}

/** The length is the last word of the line. */
function mendArcLine({ head, contentLength }: ArchiveRecord, length: number): Uint8Array {
  const line = decodeLatin1(head);
  const right = length === contentLength ? line : line.replace(/\S+\s*$/, `${length}\n`);
  const mended = right.replace(/[\r\n]*$/, "\n");
  return mended === line ? head : encodeLatin1(mended);
}
