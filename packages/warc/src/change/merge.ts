import type { Input } from "../bytes/input.ts";
import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord, Format } from "../read/record.ts";
import type { SegmentSource } from "../segment/find-segments.ts";
import { mergeSegments } from "../segment/merge-segments.ts";
import { editHead } from "../write/head.ts";
import type { WritableRecord } from "../write/record-bytes.ts";
import { asWritable } from "./as-writable.ts";
import { refuseDamage } from "./damage.ts";

export interface MergeSource {
  /** Told with findings. */
  readonly name: string;
  readonly input: Input;
}

export type ReportMerge = (finding: Finding, source: string) => void;

/**
 * The records of several archives, one archive after another. Which warcinfo a record is under is told by its place, or by WARC-Warcinfo-ID
 * (ISO 28500:2017 5.16): whatever has none gets that of the warcinfo before it in its own file, so that it finds it wherever it is moved to
 * later. All else is kept to the byte. Throws `MIXED_FORMATS` where WARC meets ARC, and `DAMAGED_ARCHIVE`. A record is good until the next is asked for.
 */
export async function* mergeArchives(
  sources: AsyncIterable<MergeSource> | Iterable<MergeSource>,
  report: ReportMerge,
): AsyncGenerator<WritableRecord, void> {
  let format: Format | undefined;
  let hasInfo = false;
  for await (const { name, input } of sources) {
    let infoId: string | undefined;
    const told = refuseDamage(`merge ${name}`, (finding) => report(finding, name));
    for await (const record of readRecords(input, { report: told })) {
      format ??= record.format;
      if (record.format !== format) throw mixed(name, record.format);
      const isInfo = record.type?.toLowerCase() === "warcinfo";
      if (isInfo) infoId = record.id;
      else if (record.number === 0 && hasInfo && record.fields.get("WARC-Warcinfo-ID") === undefined) report(noInfo(record), name);
      hasInfo ||= isInfo;
      const isLinked = isInfo || infoId === undefined || record.fields.get("WARC-Warcinfo-ID") !== undefined;
      yield isLinked ? asWritable(record) : { ...asWritable(record), head: editHead(record, { "WARC-Warcinfo-ID": infoId }) };
    }
  }
}

/** The same, with the segments of a record (7) merged, wherever among the archives they are. Throws `DAMAGED_ARCHIVE`. */
export async function* mergeWithSegments(sources: readonly SegmentSource[], report: ReportMerge): AsyncGenerator<WritableRecord, void> {
  const told = (finding: Finding, source: string) => refuseDamage(`merge ${source}`, (found) => report(found, source))(finding);
  for await (const record of mergeSegments(sources, { report: told })) yield "number" in record ? asWritable(record) : record;
}

function mixed(name: string, format: Format): WarcError {
  const message = `Cannot merge ${name}: it is of ${format.toUpperCase()}, and the archives before it are not`;
  return new WarcError("MIXED_FORMATS", message, "Convert what is of ARC first: warc convert");
}

function noInfo({ number, offset, plainOffset }: ArchiveRecord): Finding {
  return {
    code: "NO_WARCINFO",
    severity: "warning",
    message: "The file has no warcinfo, and its records seem to belong to that of a file before it",
    clause: "5.16",
    done: "kept them as they are",
    record: number,
    offset,
    plainOffset,
  };
}
