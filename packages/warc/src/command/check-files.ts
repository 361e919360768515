import type { Finding } from "../finding.ts";
import { checkFields } from "../read/check-fields.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord, Extent } from "../read/record.ts";
import { type ExitCode, exit } from "./exit.ts";
import { say } from "./output.ts";
import { openSource } from "./source.ts";
import { type Verdicts, verifyDigests } from "./verify-digests.ts";

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

export interface Tally {
  readonly code: ExitCode;
  readonly records: number;
  readonly findings: number;
  /** Whether all files were read to their end, and nothing was lost on the way. */
  readonly complete: boolean;
}

/** What says that bytes were lost, or may be: a record less, or the end of one. */
const losses = /^(GARBAGE|RECORD_CUT|HEADER_CUT|HEADER_TOO_LONG|(GZIP|ZSTD)_(CUT|DAMAGED|GARBAGE)|ZSTD_NO_DICTIONARY|UNKNOWN_PACKING)$/;

/** Reads the files one after another and checks all that can be checked. A file that cannot be read is told, and the next one is read. */
export async function checkFiles(paths: readonly string[], visitor: Visitor): Promise<Tally> {
  const tally: { -readonly [Key in keyof Tally]: Tally[Key] } = { code: exit.sound, records: 0, findings: 0, complete: true };
  for (const path of paths) {
    try {
      await checkFile(path, tally, visitor);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      say(`Cannot read ${path}: ${error.message}\nFix: name a file that is there and that you may read`);
      tally.code = exit.usage;
      tally.complete = false;
    }
  }
  return tally;
}

async function checkFile(path: string, tally: { -readonly [Key in keyof Tally]: Tally[Key] }, visitor: Visitor): Promise<void> {
  await using source = await openSource(path);
  const found: Finding[] = [];
  const tell = async () => {
    for (const finding of found.splice(0)) {
      tally.findings++;
      if (finding.severity === "error" && tally.code === exit.sound) tally.code = exit.faulty;
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
}

/** What the system answers: there is no such file, or it may not be read, or its disk fails. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}
