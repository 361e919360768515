import type { Finding } from "../finding.ts";
import { checkFields } from "../read/check-fields.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord, Extent } from "../read/record.ts";
import { type Verdicts, verifyDigests } from "../read/verify-digests.ts";
import { type ExitCode, exit } from "./exit.ts";
import type { Output } from "./output.ts";
import { openSource } from "./source.ts";

/** A record that has been read to its end and checked. */
export interface Checked {
  readonly file: string;
  readonly record: ArchiveRecord;
  readonly extent: Extent;
  readonly verdicts: Verdicts;
}

export interface Visitor {
  readonly record?: (checked: Checked) => Promise<void>;
  readonly finding: (finding: Finding, file: string) => Promise<void>;
}

/** What has been found in a file, or in several together. */
export interface Tally {
  readonly records: number;
  readonly findings: number;
  /** Findings of severity error. */
  readonly errors: number;
  /** Whether all was read to its end, and nothing was lost on the way. */
  readonly complete: boolean;
}

export const emptyTally: Tally = { records: 0, findings: 0, errors: 0, complete: true };

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    records: a.records + b.records,
    findings: a.findings + b.findings,
    errors: a.errors + b.errors,
    complete: a.complete && b.complete,
  };
}

/** What a command ends with that has found so much, in files of which some could not be read. */
export function exitOf({ errors }: Pick<Tally, "errors">, areAllRead: boolean): ExitCode {
  if (!areAllRead) return exit.usage;
  return errors > 0 ? exit.faulty : exit.sound;
}

/** What says that bytes were lost, or may be: a record less, or the end of one. */
const losses = /^(GARBAGE|RECORD_CUT|HEADER_CUT|HEADER_TOO_LONG|(GZIP|ZSTD)_(CUT|DAMAGED|GARBAGE)|ZSTD_NO_DICTIONARY|UNKNOWN_PACKING)$/;

/** Reads a file and checks all that can be checked. Throws `CANNOT_READ`, and what the system says where reading fails. */
export async function checkFile(argument: string, visitor: Visitor, output: Pick<Output, "passed">): Promise<Tally> {
  await using source = await openSource(argument, output.passed.bind(output));
  const tally: { -readonly [Key in keyof Tally]: Tally[Key] } = { ...emptyTally };
  const found: Finding[] = [];
  const tell = async () => {
    for (const finding of found.splice(0)) {
      tally.findings++;
      if (finding.severity === "error") tally.errors++;
      if (losses.test(finding.code)) tally.complete = false;
      await visitor.finding(finding, source.name);
    }
  };
  for await (const record of readRecords(source.input, { offset: source.offset, report: (finding) => found.push(finding) })) {
    tally.records++;
    const { verdicts, findings } = await verifyDigests(record);
    const extent = await record.end();
    found.push(...checkFields(record), ...findings);
    await visitor.record?.({ file: source.name, record, extent, verdicts });
    await tell();
  }
  await tell();
  return tally;
}
