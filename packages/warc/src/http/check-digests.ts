import { hashOf, startHash } from "#hash";
import type { Algorithm } from "../digest/algorithm.ts";
import { checkDigest } from "../digest/check-digest.ts";
import { digestAlgorithm } from "../digest/labelled-digest.ts";
import type { BlockFinding } from "./block-finding.ts";
import { checkDecoded } from "./check-decoded.ts";
import { codingsOf, isChunked } from "./codings.ts";
import { Dechunker } from "./dechunker.ts";
import { type DeclaredDigests, type DigestChecks, DigestPass } from "./digest-pass.ts";
import { type ParsedHead, parseHttpHead } from "./parse-http-head.ts";
import { type Candidate, checkUnseen, comparePayload, type PayloadCheck } from "./payload-check.ts";

/** Checks the digests of a block that comes in pieces, in one pass. Of a body it holds 8 MiB at most, and only where that is packed. */
export async function checkDigests(
  block: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  declared: DeclaredDigests,
): Promise<DigestChecks> {
  const pass = new DigestPass(declared);
  for await (const piece of block) pass.write(piece);
  const checks = pass.end();
  return pass.coded ? { ...checks, payload: await checkDecoded(checks.payload, pass.coded) } : checks;
}

/**
 * Checks the digests of a block that is all here; `parsed` is its head, where somebody has read that already. A promise only where a payload
 * digest fits nothing but may yet fit the unpacked body, which takes time.
 */
export function checkDigestsNow(block: Uint8Array, declared: DeclaredDigests, parsed?: ParsedHead): DigestChecks | Promise<DigestChecks> {
  const checked = checkPayloadNow(block, declared, parsed);
  if (checked.payload.result === "bad" && checked.isCoded) return checkDigests([block], declared);
  return { block: checkDigest(declared.block, block), payload: checked.payload, findings: checked.findings };
}

interface CheckedPayload {
  readonly payload: PayloadCheck;
  readonly findings: readonly BlockFinding[];
  readonly isCoded: boolean;
}

function checkPayloadNow(block: Uint8Array, { payload, message, isElsewhere }: DeclaredDigests, parsed?: ParsedHead): CheckedPayload {
  const unseen = checkUnseen(payload, isElsewhere);
  if (unseen || payload === undefined) return { payload: unseen ?? { result: "absent" }, findings: [], isCoded: false };
  const whole: Candidate = ["block", (algorithm) => hashOf(algorithm, block)];
  const { head, bodyAt = 0, findings = [] } = (message && (parsed ?? parseHttpHead(block, message))) || {};
  if (!head) return { payload: comparePayload(payload, [whole]), findings, isCoded: false };
  const body = block.subarray(bodyAt);
  const isCoded = codingsOf(head.fields).length > 0;
  const asItStands = (algorithm: Algorithm) => hashOf(algorithm, body);
  if (!isChunked(head.fields)) return { payload: comparePayload(payload, [["entity", asItStands], whole]), findings, isCoded };
  const entity = hashEntity(payload, body, bodyAt);
  const others: readonly [Candidate, ...Candidate[]] = [["transfer-encoded", asItStands], whole];
  const check = comparePayload(payload, entity.digest ? [["entity", entity.digest], ...others] : others);
  return { payload: check, findings: [...findings, ...entity.findings], isCoded };
}

/** Hashes the chunks as they are found: gathered first, those of a hostile body would take many times its size. */
function hashEntity(declared: string, body: Uint8Array, at: number) {
  const algorithm = digestAlgorithm(declared);
  const hash = algorithm && startHash(algorithm);
  const dechunker = new Dechunker(at, (piece) => hash?.update(piece));
  dechunker.write(body);
  dechunker.end();
  const digest = dechunker.isChunked ? hash?.digest() : undefined;
  return { digest: digest && (() => digest), findings: dechunker.findings };
}
