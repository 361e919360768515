import { startHash } from "#hash";
import type { Input } from "../bytes/input.ts";
import type { Finding } from "../finding.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import type { ArchiveSink } from "./archive-sink.ts";
import { asWritable } from "./as-writable.ts";
import { isDamage, refuseDamage } from "./damage.ts";

/** What has been packed anew. */
export interface Recompressed {
  readonly records: number;
  /** Of all headers and blocks, one after another. */
  readonly digest: Uint8Array;
}

const layout = /^(SHARED_MEMBER|SPLIT_RECORD|EXTRA_NEWLINES|BAD_TRAILER|ARC_NO_SEPARATOR|GZIP_|ZSTD_)/;

/** Whether a finding is about how records are packed and parted, which packing them anew sets right. */
export function isOfPacking({ code }: Finding): boolean {
  return layout.test(code) && !isDamage(code);
}

/**
 * Appends every record of an archive to another one, header and block to the byte, each with the line ends that belong behind it. Throws a
 * `WarcError` `DAMAGED_ARCHIVE` where bytes would be lost on the way: such an archive is to be mended.
 */
export async function recompress(input: Input, sink: ArchiveSink, report: (finding: Finding) => void): Promise<Recompressed> {
  const hash = startHash("sha256");
  for await (const record of readRecords(input, { report: refuseDamage("pack the records anew", report) }))
    await sink.append({ ...asWritable(record), block: watch(record, (bytes) => hash.update(bytes)) });
  await sink.flush();
  return { records: sink.records, digest: hash.digest() };
}

/** What `recompress` would answer of an archive, for comparison. */
export async function digestRecords(input: Input): Promise<Recompressed> {
  const hash = startHash("sha256");
  let records = 0;
  for await (const record of readRecords(input)) {
    for await (const bytes of watch(record, (bytes) => hash.update(bytes))) void bytes;
    records++;
  }
  return { records, digest: hash.digest() };
}

async function* watch({ head, block }: ArchiveRecord, see: (bytes: Uint8Array) => void): AsyncGenerator<Uint8Array, void> {
  see(head);
  for await (const bytes of block) {
    see(bytes);
    yield bytes;
  }
}
