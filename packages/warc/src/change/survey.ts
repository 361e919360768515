import type { Input } from "../bytes/input.ts";
import type { Finding } from "../finding.ts";
import { checkFields } from "../read/check-fields.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord, Extent } from "../read/record.ts";
import { type Verdicts, verifyDigests } from "../read/verify-digests.ts";

/** Some of the plain bytes of an archive. */
export interface Range {
  readonly from: number;
  /** Infinity for the end of the file. */
  readonly to: number;
}

/** A record that has been read, and all that is known of it once the next one has begun. */
export interface SurveyedRecord {
  readonly record: ArchiveRecord;
  readonly extent: Extent;
  readonly verdicts: Verdicts;
  /** The bytes of its block that are there, plain. */
  readonly block: Range;
}

/** A record and what follows it. The first of an archive has no record: it is what stands before them. */
export interface Stretch {
  readonly surveyed: SurveyedRecord | undefined;
  /** About the record and what follows it. */
  readonly findings: readonly Finding[];
  /** Between the block, or the start of the file, and the next record. */
  readonly gap: Range;
  /** Where the next record is stored; undefined where there is none. */
  readonly next: number | undefined;
}

/** Reads an archive and checks all that can be checked, one stretch after another. Holds no more than one record's header. */
export async function* survey(input: Input): AsyncGenerator<Stretch, void> {
  let found: Finding[] = [];
  let surveyed: SurveyedRecord | undefined;
  const stretch = (next: ArchiveRecord | undefined): Stretch => {
    const isOfNext = (finding: Finding) => next !== undefined && finding.record === next.number;
    const findings = found.filter((finding) => !isOfNext(finding));
    found = found.filter(isOfNext);
    const gap = { from: surveyed?.block.to ?? 0, to: next?.plainOffset ?? Number.POSITIVE_INFINITY };
    return { surveyed, findings, gap, next: next?.offset };
  };
  for await (const record of readRecords(input, { report: (finding) => found.push(finding) })) {
    yield stretch(record);
    const { verdicts, findings } = await verifyDigests(record);
    const extent = await record.end();
    found.push(...checkFields(record), ...findings);
    const from = record.plainOffset + record.head.length;
    surveyed = { record, extent, verdicts, block: { from, to: from + extent.blockLength } };
  }
  yield stretch(undefined);
}
