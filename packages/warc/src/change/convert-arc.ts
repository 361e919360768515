import type { Input } from "../bytes/input.ts";
import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";
import { address, mediaType } from "../read/field-forms.ts";
import { parseArcLine } from "../read/parse-arc-line.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { type BuiltRecord, buildRecord } from "../write/build-record.ts";
import { editHead, type Version } from "../write/head.ts";
import type { NewRecord } from "../write/new-record.ts";
import { warcFields } from "../write/warc-fields.ts";
import { formatArcLine } from "./arc-header-line.ts";
import { refuseDamage } from "./damage.ts";
import { decodeLatin1 } from "./latin1.ts";
import { nameUuid } from "./name-uuid.ts";

export interface ConvertOptions {
  /** Of the ARC file, which the warcinfo names where the file itself does not. */
  readonly name: string;
  readonly version: Version;
  readonly report: (finding: Finding) => void;
}

/**
 * The records of an ARC file as WARC records: a warcinfo, then one for each. The filedesc record becomes metadata of type `application/arc`,
 * what HTTP answered a response, all else a resource. Each has the line that headed it in ARC-Header-Line, so that nothing of the ARC file is
 * lost; ids are made of those lines and their places, so that the same file gives the same records. Throws `DAMAGED_ARCHIVE` where bytes would
 * be lost, and `NOT_ARC`. Each record is to be used before the next is asked for.
 */
export async function* convertArc(input: Input, { name, version, report }: ConvertOptions): AsyncGenerator<BuiltRecord, void> {
  let scope: Scope | undefined;
  const refuse = refuseDamage("convert the archive", report);
  // Of a record that is cut, and of a file that ends so, there is a way to tell: WARC-Truncated.
  const told = (finding: Finding) => (finding.code.endsWith("_CUT") ? report(finding) : refuse(finding));
  for await (const record of readRecords(input, { report: told })) {
    if (record.format !== "arc")
      throw new WarcError("NOT_ARC", `Cannot convert ${name}: it is no ARC file`, "It is of WARC already; warc recompress packs it anew");
    const date = record.date ?? scope?.date ?? unknownDate;
    if (record.date === undefined) report(noDate(record, date));
    if (scope === undefined) {
      scope = { file: fileNameOf(record) ?? name, infoId: idOf(record, "warcinfo"), date };
      await using info = await buildRecord(warcinfo(scope, version), { version });
      yield info;
    }
    scope = { ...scope, date };
    await using built = await buildRecord(await convert(record, scope), { version });
    const { cut } = await record.end();
    yield cut ? { ...built, head: editHead(built, { "WARC-Truncated": "unspecified" }) } : built;
  }
}

/** What the records of a file share. */
interface Scope {
  readonly file: string;
  readonly infoId: string;
  /** Of the last record that had one. */
  readonly date: string;
}

/** A record has to have a date (ISO 28500:2017 5.4); nobody takes this one for true. */
const unknownDate = "1970-01-01T00:00:00Z";

function warcinfo({ file, infoId, date }: Scope, version: Version): NewRecord {
  const block = warcFields([
    ["software", "@fettle/warc"],
    ["format", `WARC File Format ${version}`],
    ["conformsTo", `http://iipc.github.io/warc-specifications/specifications/warc-format/warc-${version}/`],
    ["description", `Converted from the ARC file ${file}`],
  ]);
  return { type: "warcinfo", id: infoId, date, block };
}

async function convert(record: ArchiveRecord, { infoId, date }: Scope): Promise<NewRecord> {
  const line = formatArcLine(record.head);
  const ip = record.fields.get("IP-address") ?? "";
  const every = {
    id: idOf(record, record.type ?? ""),
    date,
    warcinfoId: infoId,
    targetUri: targetOf(record),
    // Crawlers wrote 0.0.0.0, or 0, where there was no server or nobody knew it.
    ...(address(ip, "") === undefined && ip !== "0.0.0.0" && { ipAddress: ip }),
    extensions: [["ARC-Header-Line", line]] as const,
  };
  if (record.type === "filedesc") return { ...every, type: "metadata", contentType: "application/arc", block: record.block };
  const { start, block } = await peek(record);
  const isResponse = /^https?:/i.test(every.targetUri) && /^HTTP[/ ]/i.test(start);
  if (isResponse) return { ...every, type: "response", block };
  const written = record.contentType ?? "";
  return { ...every, type: "resource", contentType: mediaType(written, "") === undefined ? written : "application/octet-stream", block };
}

/** The same whenever it is made of the same record; `as`, since two are made of the first. */
function idOf({ head, plainOffset }: ArchiveRecord, as: string): string {
  return nameUuid(`arc ${as} ${plainOffset} ${decodeLatin1(head)}`);
}

/** `filedesc://crawl.arc` names the file. */
function fileNameOf(record: ArchiveRecord): string | undefined {
  const name = record.type === "filedesc" ? targetOf(record).replace(/^filedesc:\/*/i, "") : "";
  return name === "" ? undefined : name;
}

/** The URL of an ARC line is one of bytes, and some are no part of a URI. */
function targetOf({ head }: ArchiveRecord): string {
  const url = parseArcLine(decodeLatin1(head).replace(/\n$/, "")).fields.get("URL") ?? "";
  return url.replace(/[^\x21-\x7e]|[<>]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

const enoughToTell = 5;

async function peek({ block }: ArchiveRecord): Promise<{ readonly start: string; readonly block: AsyncIterable<Uint8Array> }> {
  const begun: Uint8Array[] = [];
  let start = "";
  for await (const piece of block) {
    begun.push(piece);
    start += decodeLatin1(piece.subarray(0, enoughToTell));
    if (start.length >= enoughToTell) break;
  }
  const whole = (async function* () {
    yield* begun;
    // What is iterated over again goes on where it was left.
    yield* block;
  })();
  return { start, block: whole };
}

function noDate({ number, offset, plainOffset, fields }: ArchiveRecord, instead: string): Finding {
  const message = `${JSON.stringify(fields.get("Archive-date") ?? "")} is no date`;
  const done = `wrote ${instead}, ${instead === unknownDate ? "which stands for none" : "that of the record before it"}`;
  return { code: "ARC_NO_DATE", severity: "warning", message, clause: "ARC 1.0", done, record: number, offset, plainOffset };
}
