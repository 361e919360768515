import { hashOf } from "#hash";
import type { Algorithm } from "./algorithm.ts";
import { formatDigest, parseDigest } from "./labelled-digest.ts";

/** What became of a digest that a header declares. */
export type DigestCheck =
  | { readonly result: "absent" }
  /** Of an algorithm that cannot be computed here, or without a label; `expected` is what the header says. */
  | { readonly result: "unknown"; readonly expected: string }
  /** `expected` is what the header says, `computed` what the bytes have, in the customary base, which may be another. */
  | { readonly result: "ok" | "bad"; readonly algorithm: Algorithm; readonly expected: string; readonly computed: string };

/**
 * Compares the digest that a header declares (ISO 28500:2017 5.8, 5.9; undefined where it has none) with that of `bytes`. Both are
 * compared as bytes, never as texts. What can be no digest of the algorithm named is bad, for no bytes have it.
 */
export function checkDigest(declared: string | undefined, bytes: Uint8Array): DigestCheck {
  return compareDigest(declared, (algorithm) => hashOf(algorithm, bytes));
}

/** The same, with a digest that has been computed already, or is when it is asked for. */
export function compareDigest(declared: string | undefined, digestBy: (algorithm: Algorithm) => Uint8Array): DigestCheck {
  if (declared === undefined) return { result: "absent" };
  const parsed = parseDigest(declared);
  if (parsed.kind === "unknown") return { result: "unknown", expected: declared };
  const { algorithm } = parsed;
  const bytes = digestBy(algorithm);
  const result = parsed.kind === "digest" && sameBytes(parsed.bytes, bytes) ? "ok" : "bad";
  return { result, algorithm, expected: declared, computed: formatDigest(algorithm, bytes) };
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
