import type { Algorithm } from "../digest/algorithm.ts";
import { type DigestCheck, sameBytes } from "../digest/check-digest.ts";
import { digestAlgorithm, formatDigest, parseDigest } from "../digest/labelled-digest.ts";

/**
 * What a payload digest is found to be of. The standard means the entity (ISO 28500:2017 5.9 with RFC 9110 6.4: the body without its
 * transfer coding); writers have taken other things for it.
 *
 * | convention | of | where |
 * | --- | --- | --- |
 * | `entity` | the body with its transfer coding removed | the standard |
 * | `transfer-encoded` | the body as it stands in the block, chunks and all | wget, warcio, wpull, Heritrix before 2026 |
 * | `block` | the whole block | records that hold no HTTP message, where it is right; node-warc |
 * | `decoded` | the entity with its content coding removed too | crawlers in browsers; tried last, for it takes long |
 */
export type Convention = "entity" | "transfer-encoded" | "block" | "decoded";

export type PayloadCheck =
  | Exclude<DigestCheck, { readonly result: "ok" | "bad" }>
  | (Compared & { readonly result: "ok"; readonly convention: Convention })
  /** `computed` is by the first convention that could be tried, which is the standard's wherever that can be. */
  | (Compared & { readonly result: "bad" });

interface Compared {
  readonly algorithm: Algorithm;
  readonly expected: string;
  readonly computed: string;
}

/** A way to take the digest, and what it gives. */
export type Candidate = readonly [convention: Convention, digestBy: (algorithm: Algorithm) => Uint8Array];

/** What a payload digest comes to whatever the bytes are; undefined where it has to be compared with theirs. */
export function checkUnseen(declared: string | undefined, isElsewhere: boolean): PayloadCheck | undefined {
  if (declared === undefined) return { result: "absent" };
  return isElsewhere || digestAlgorithm(declared) === undefined ? { result: "unknown", expected: declared } : undefined;
}

/** Tries the ways in their order until one gives the digest that is declared. Those behind it are not computed. */
export function comparePayload(declared: string, candidates: readonly [Candidate, ...Candidate[]]): PayloadCheck {
  const parsed = parseDigest(declared);
  if (parsed.kind === "unknown") return { result: "unknown", expected: declared };
  const { algorithm } = parsed;
  let first: string | undefined;
  for (const [convention, digestBy] of candidates) {
    const bytes = digestBy(algorithm);
    const computed = formatDigest(algorithm, bytes);
    if (parsed.kind === "digest" && sameBytes(parsed.bytes, bytes))
      return { result: "ok", algorithm, expected: declared, computed, convention };
    first ??= computed;
  }
  return { result: "bad", algorithm, expected: declared, computed: first ?? "" };
}
