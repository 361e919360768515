import { takeReady } from "../bytes/ready-bytes.ts";
import type { DigestCheck } from "../digest/check-digest.ts";
import type { Finding, Severity } from "../finding.ts";
import { locateFinding } from "../http/block-finding.ts";
import { checkDigests, checkDigestsNow } from "../http/check-digests.ts";
import type { DeclaredDigests, DigestChecks } from "../http/digest-pass.ts";
import { messageKind } from "../http/message-kind.ts";
import type { Convention, PayloadCheck } from "../http/payload-check.ts";
import type { ArchiveRecord } from "./record.ts";

/** What the digests that a record declares say about its bytes. */
export interface Verdicts {
  readonly block: DigestCheck["result"];
  readonly payload: DigestCheck["result"];
  /** What the payload digest was found to be of. */
  readonly convention: Convention | undefined;
}

/** Reads the block of a record and checks the digests that it declares (ISO 28500:2017 5.8, 5.9), and what it must look at for that. */
export async function verifyDigests(
  record: ArchiveRecord,
): Promise<{ readonly verdicts: Verdicts; readonly findings: readonly Finding[] }> {
  const declared = declaredBy(record);
  if (declared.block === undefined && declared.payload === undefined)
    return { verdicts: { block: "absent", payload: "absent", convention: undefined }, findings: [] };
  const { block, payload, findings } = await checkBlock(record, declared);
  return {
    verdicts: { block: block.result, payload: payload.result, convention: payload.result === "ok" ? payload.convention : undefined },
    findings: [...findings.map((found) => locateFinding(found, record)), ...tellBlock(record, block), ...tellPayload(record, payload)],
  };
}

/** Most blocks are in memory at once: then a digest is taken only where it is needed, and of all bytes together. */
async function checkBlock({ block, contentLength }: ArchiveRecord, declared: DeclaredDigests): Promise<DigestChecks> {
  const first = takeReady(block);
  if (first && first.length === contentLength) return checkDigestsNow(first, declared);
  return checkDigests(first ? follow(first, block) : block, declared);
}

/** What is iterated over again goes on where it was left. */
async function* follow(first: Uint8Array, others: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* others;
}

export function declaredBy(record: ArchiveRecord): DeclaredDigests {
  const { type, fields } = record;
  // The payload digest of a segment is that of the whole record, and of a revisit that of the record it stands for (5.9, 6.7, 7).
  const isElsewhere = type === "revisit" || type === "continuation" || fields.field("WARC-Segment-Number") !== undefined;
  return { block: fields.get("WARC-Block-Digest"), payload: fields.get("WARC-Payload-Digest"), message: messageKind(record), isElsewhere };
}

function tellBlock(record: ArchiveRecord, check: DigestCheck): Finding[] {
  if (check.result !== "bad") return [];
  return [tell(record, "BAD_BLOCK_DIGEST", "error", `The block has ${check.computed}, expected ${check.expected}`)];
}

function tellPayload(record: ArchiveRecord, check: PayloadCheck): Finding[] {
  if (check.result === "bad")
    return [tell(record, "BAD_PAYLOAD_DIGEST", "error", `The payload has ${check.computed}, expected ${check.expected}`)];
  if (check.result !== "ok" || check.convention === "entity" || messageKind(record) === undefined) return [];
  const message = `The payload digest is that of ${customs[check.convention]}, expected that of the entity without its transfer coding`;
  return [tell(record, "PAYLOAD_DIGEST_CONVENTION", "warning", message)];
}

const customs: Readonly<Record<Exclude<Convention, "entity">, string>> = {
  "transfer-encoded": "the body with its transfer coding",
  decoded: "the body without its content coding",
  block: "the whole block",
};

function tell({ number, offset, plainOffset, fields }: ArchiveRecord, code: string, severity: Severity, message: string): Finding {
  const isBlock = code === "BAD_BLOCK_DIGEST";
  const line = fields.field(isBlock ? "WARC-Block-Digest" : "WARC-Payload-Digest")?.line;
  const place = { record: number, offset, plainOffset, ...(line !== undefined && { line }) };
  return { code, severity, message, clause: isBlock ? "5.8" : "5.9", done: "kept the record as it is", ...place };
}
