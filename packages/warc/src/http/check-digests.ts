import { hashOf, startHash } from "#hash";
import type { Algorithm } from "../digest/algorithm.ts";
import { checkDigest } from "../digest/check-digest.ts";
import { Dechunker } from "./dechunker.ts";
import { type DeclaredDigests, type DigestChecks, DigestPass } from "./digest-pass.ts";
import { type ParsedHead, parseHttpHead } from "./parse-http-head.ts";
import { type Candidate, comparePayload } from "./payload-check.ts";

/** Checks the digests of a block that comes in pieces, in one pass and without holding it. */
export async function checkDigests(block: AsyncIterable<Uint8Array>, declared: DeclaredDigests): Promise<DigestChecks> {
  const pass = new DigestPass(declared);
  for await (const piece of block) pass.write(piece);
  return pass.end();
}

/** Checks the digests of a block that is all here; `parsed` is its head, where somebody has read that already. */
export function checkDigestsNow(block: Uint8Array, declared: DeclaredDigests, parsed?: ParsedHead): DigestChecks {
  const { payload, message, isElsewhere } = declared;
  const blockCheck = checkDigest(declared.block, block);
  if (payload === undefined) return { block: blockCheck, payload: { result: "absent" }, findings: [] };
  if (isElsewhere) return { block: blockCheck, payload: { result: "unknown", expected: payload }, findings: [] };
  const whole: Candidate = ["block", (algorithm) => hashOf(algorithm, block)];
  const known = message && (parsed ?? parseHttpHead(block, message));
  if (!known?.head) return { block: blockCheck, payload: comparePayload(payload, [whole]), findings: known?.findings ?? [] };
  const body = block.subarray(known.bodyAt);
  if (!known.head.fields.tokens("Transfer-Encoding").includes("chunked")) {
    const entity: Candidate = ["entity", (algorithm) => hashOf(algorithm, body)];
    return { block: blockCheck, payload: comparePayload(payload, [entity, whole]), findings: known.findings };
  }
  const entity = dechunk(body, known.bodyAt);
  const encoded: Candidate = ["transfer-encoded", (algorithm) => hashOf(algorithm, body)];
  const candidates: readonly [Candidate, ...Candidate[]] = entity.isChunked
    ? [["entity", (algorithm) => hashPieces(algorithm, entity.pieces)], encoded, whole]
    : [encoded, whole];
  return { block: blockCheck, payload: comparePayload(payload, candidates), findings: [...known.findings, ...entity.findings] };
}

function dechunk(body: Uint8Array, at: number) {
  const pieces: Uint8Array[] = [];
  const dechunker = new Dechunker(at, (piece) => pieces.push(piece));
  dechunker.write(body);
  dechunker.end();
  return { pieces, isChunked: dechunker.isChunked, findings: dechunker.findings };
}

function hashPieces(algorithm: Algorithm, pieces: readonly Uint8Array[]): Uint8Array {
  const hash = startHash(algorithm);
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}
