import { concat } from "../bytes/stored-bytes.ts";
import { type DigestChecks, DigestPass } from "../http/digest-pass.ts";
import type { Format } from "../read/record.ts";
import { declaredBy } from "../read/verify-digests.ts";
import type { PlainCursor } from "./plain-cursor.ts";
import type { SurveyedRecord } from "./survey.ts";

/** What the block of a record is, whose Content-Length says something else. */
export interface TrueBlock {
  /** In bytes. */
  readonly length: number;
  readonly checks: DigestChecks;
}

const trailerLengths: Readonly<Record<Format, number>> = { warc: 4, arc: 1 };

/**
 * Finds where the block of a record ends whose Content-Length is missing, too small or too large, when all that stands before the next record
 * is read: block and trailer. It is certain where WARC-Block-Digest says so. Without one it is where the record has no other length, and where
 * the block goes on, or its trailer begins within it, and a whole trailer stands before the next record. Undefined where it is not certain.
 */
export async function trueBlock(
  cursor: PlainCursor,
  { record, extent, block }: SurveyedRecord,
  until: number,
): Promise<TrueBlock | undefined> {
  const pass = new DigestPass(declaredBy(record));
  const trailerLength = trailerLengths[record.format];
  let held: Uint8Array = new Uint8Array(0);
  let total = 0;
  let first: number | undefined;
  for await (const bytes of cursor.read(block.from, until)) {
    first ??= bytes[extent.blockLength - total];
    total += bytes.length;
    const whole = concat([held, bytes]);
    held = whole.subarray(Math.max(0, whole.length - trailerLength));
    pass.write(whole.subarray(0, whole.length - held.length));
  }
  const hasLength = record.contentLength !== undefined && record.contentLength >= 0;
  if (!hasLength) {
    // LF for CRLF, or one of two: without a length there is no other truth than what stands there.
    const rest = held.subarray(0, held.length - lengthOfLineEnds(held, record.format === "arc" ? 1 : 2));
    pass.write(rest);
    return { length: total - held.length + rest.length, checks: pass.end() };
  }
  const checks = pass.end();
  const endsWithTrailer = record.format === "warc" && held.length === 4 && lengthOfLineEnds(held, 2) === 4;
  if (!endsWithTrailer || checks.block.result === "bad") return undefined;
  const isCertain = checks.block.result === "ok" || extent.cut || (first !== undefined && first !== 13);
  return isCertain ? { length: total - 4, checks } : undefined;
}

/** Of at most so many line ends, CRLF or LF, at the end of the bytes. */
function lengthOfLineEnds(bytes: Uint8Array, most: number): number {
  let end = bytes.length;
  for (let found = 0; found < most && bytes[end - 1] === 10; found++) end -= bytes[end - 2] === 13 ? 2 : 1;
  return bytes.length - end;
}
