import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";

/** Whether a finding says that bytes would be lost where records are copied, or would go under a new checksum though the old one is wrong. */
export function isDamage(code: string): boolean {
  return ofRecords.test(code) || ofPacking.test(code);
}

const ofRecords = /^(GARBAGE|RECORD_CUT|HEADER_CUT|HEADER_TOO_LONG)$/;
const ofPacking = /^(GZIP_(CUT|DAMAGED|GARBAGE|BAD_CRC|BAD_SIZE)|ZSTD_(CUT|DAMAGED|GARBAGE|NO_DICTIONARY)|UNKNOWN_PACKING)$/;

/** Passes findings on, and throws `DAMAGED_ARCHIVE` for the first that says that something would be lost: what is to be done is no mending. */
export function refuseDamage(what: string, report: (finding: Finding) => void): (finding: Finding) => void {
  return (finding) => {
    const { code, message, offset } = finding;
    if (!isDamage(code)) return report(finding);
    throw new WarcError("DAMAGED_ARCHIVE", `Cannot ${what}: ${message}, at byte ${offset} (${code})`, "Mend it first: warc mend");
  };
}
