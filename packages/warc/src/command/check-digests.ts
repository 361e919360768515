import { startHash } from "#hash";
import { compareDigest, type DigestCheck } from "../digest/check-digest.ts";
import type { Hash } from "../digest/hash.ts";
import { parseDigest } from "../digest/labelled-digest.ts";
import type { Finding } from "../finding.ts";
import type { ArchiveRecord } from "../read/record.ts";

export type Verdict = DigestCheck["result"];

/** What the digests that a record declares say about its bytes. */
export interface Verdicts {
  readonly block: Verdict;
  readonly payload: Verdict;
  /** What the payload digest was found to be of, where it is one of the usual things. */
  readonly convention: "block" | undefined;
}

/** Reads the block and checks the digests that the record declares (ISO 28500:2017 5.8, 5.9). */
export async function checkDigests(record: ArchiveRecord): Promise<{ readonly verdicts: Verdicts; readonly findings: readonly Finding[] }> {
  const block = record.fields.get("WARC-Block-Digest");
  const payload = record.fields.get("WARC-Payload-Digest");
  const ofPayload = isPayloadBlock(record) ? payload : undefined;
  const hashes = [block, ofPayload].map(hashFor);
  if (hashes.some(Boolean)) for await (const bytes of record.block) for (const hash of hashes) hash?.update(bytes);
  const [blockCheck, payloadCheck] = [block, ofPayload].map((declared, index) => compareDigest(declared, () => digestOf(hashes[index])));
  const verdicts: Verdicts = {
    block: blockCheck?.result ?? "absent",
    payload: payload !== undefined && ofPayload === undefined ? "unknown" : (payloadCheck?.result ?? "absent"),
    convention: payloadCheck?.result === "ok" ? "block" : undefined,
  };
  return {
    verdicts,
    findings: [...tell(record, "WARC-Block-Digest", "5.8", blockCheck), ...tell(record, "WARC-Payload-Digest", "5.9", payloadCheck)],
  };
}

/** Of a resource and of a conversion the payload is the block (6.4, 6.8), as long as it is not the first segment of more. */
function isPayloadBlock({ type, fields }: ArchiveRecord): boolean {
  return (type === "resource" || type === "conversion") && fields.field("WARC-Segment-Number") === undefined;
}

function hashFor(declared: string | undefined): Hash | undefined {
  const parsed = declared === undefined ? undefined : parseDigest(declared);
  return parsed && parsed.kind !== "unknown" ? startHash(parsed.algorithm) : undefined;
}

/** Asked for only where there is something to compare with, and then it was computed. */
function digestOf(hash: Hash | undefined): Uint8Array {
  if (!hash) throw new Error("BUG: a digest is compared that was not computed");
  return hash.digest();
}

function tell(record: ArchiveRecord, name: string, clause: string, check: DigestCheck | undefined): Finding[] {
  if (check?.result !== "bad") return [];
  const { number, offset, plainOffset } = record;
  const line = record.fields.field(name)?.line;
  const message = `${name} is ${check.expected}, and the bytes have ${check.computed}`;
  const place = { record: number, offset, plainOffset, ...(line !== undefined && { line }) };
  return [{ code: "BAD_DIGEST", severity: "error", message, clause, done: "kept the record as it is", ...place }];
}
