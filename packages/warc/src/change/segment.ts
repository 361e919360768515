import type { Input } from "../bytes/input.ts";
import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { segmentRecord } from "../segment/segment-record.ts";
import type { ArchiveSink } from "./archive-sink.ts";
import { asWritable } from "./as-writable.ts";
import { refuseDamage } from "./damage.ts";

/** How many records there were, how many of them became segments, and how many should have but cannot be. */
export interface Segmented {
  readonly records: number;
  readonly segmented: number;
  readonly kept: number;
}

/**
 * Copies an archive, in which every record whose block has more than `size` bytes becomes segments (ISO 28500:2017 7), one behind the other. A
 * record that cannot be segmented, since it lacks what its segments shall have, is kept as it is. Throws `DAMAGED_ARCHIVE`, and `BAD_SIZE` where the size is no whole number of 1 or more.
 */
export async function segmentArchive(
  input: Input,
  size: number,
  sink: ArchiveSink,
  report: (finding: Finding) => void,
): Promise<Segmented> {
  const counts = { records: 0, segmented: 0, kept: 0 };
  for await (const record of readRecords(input, { report: refuseDamage("segment the archive", report) })) {
    counts.records++;
    const { contentLength = 0 } = record;
    if (contentLength <= size) await sink.append(asWritable(record));
    else if (await appendSegments(record, size, sink)) counts.segmented++;
    else counts.kept++;
  }
  await sink.flush();
  return counts;
}

/** False where the record was kept as it is. */
async function appendSegments(record: ArchiveRecord, size: number, sink: ArchiveSink): Promise<boolean> {
  try {
    for await (const segment of segmentRecord(record, size)) await sink.append(segment);
    return true;
  } catch (error) {
    // It is told before any of the block has been read.
    if (!(error instanceof WarcError && error.code === "NOT_SEGMENTABLE")) throw error;
    await sink.append(asWritable(record));
    return false;
  }
}
