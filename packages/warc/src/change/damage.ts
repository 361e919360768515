/** Whether a finding says that bytes would be lost where records are copied, or would go under a new checksum though the old one is wrong. */
export function isDamage(code: string): boolean {
  return ofRecords.test(code) || ofPacking.test(code);
}

const ofRecords = /^(GARBAGE|RECORD_CUT|HEADER_CUT|HEADER_TOO_LONG)$/;
const ofPacking = /^(GZIP_(CUT|DAMAGED|GARBAGE|BAD_CRC|BAD_SIZE)|ZSTD_(CUT|DAMAGED|GARBAGE|NO_DICTIONARY)|UNKNOWN_PACKING)$/;
