import { openFile } from "../../bytes/file.ts";
import type { RandomAccess } from "../../bytes/input.ts";
import type { Finding } from "../../finding.ts";
import { readRecords } from "../../read/read-records.ts";
import type { ArchiveRecord } from "../../read/record.ts";

export interface FoundRecord {
  readonly record: ArchiveRecord;
  /** Of its file. */
  readonly path: string;
}

/** The records of archives, one after another. `passed` is told of the bytes that are read. */
export async function* readArchives(
  paths: readonly string[],
  passed: (bytes: number) => void,
  report: (finding: Finding, path: string) => void = () => undefined,
): AsyncGenerator<FoundRecord, void> {
  for (const path of paths) {
    await using file = await openFile(path);
    const counted: RandomAccess = {
      size: file.size,
      async read(offset, length) {
        const bytes = await file.read(offset, length);
        passed(bytes.length);
        return bytes;
      },
    };
    for await (const record of readRecords(counted, { report: (finding) => report(finding, path) })) yield { record, path };
  }
}
