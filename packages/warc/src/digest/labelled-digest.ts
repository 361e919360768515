import { type Algorithm, algorithmOf, digestLengths } from "./algorithm.ts";
import { type Base, decode, encode, encodedLength } from "./base.ts";

/** A digest as a header declares it, read. */
export type LabelledDigest =
  | { readonly kind: "digest"; readonly algorithm: Algorithm; readonly bytes: Uint8Array }
  /** The label is one of ours, but what follows can be no digest of it: too long, too short, or of no base. */
  | { readonly kind: "malformed"; readonly algorithm: Algorithm }
  /** Without a label, or with one that names nothing we can compute. */
  | { readonly kind: "unknown" };

/** How each is to be written, as the community's annotations to WARC 1.1 advise (iipc/warc-specifications, 5.8). */
const customary: Readonly<Record<Algorithm, Base>> = {
  md5: "base16",
  sha1: "base32",
  sha256: "base16",
  sha512: "base16",
  blake3: "base16",
};

const bases: readonly Base[] = ["base16", "base32", "base64"];

/**
 * Reads a labelled digest (ISO 28500:2017 5.8: `sha1:AB2CD3EF4GH5IJ6KL7MN8OPQ`). The standard leaves the base open and its grammar of a
 * token has no room for `=` and `/`; all three bases are found, padded or not. Their lengths tell them apart: no two are alike.
 */
export function parseDigest(text: string): LabelledDigest {
  const algorithm = digestAlgorithm(text);
  if (algorithm === undefined) return { kind: "unknown" };
  const value = withoutPadding(text.slice(text.indexOf(":") + 1).trim());
  const base = bases.find((one) => encodedLength(one, digestLengths[algorithm]) === value.length);
  const bytes = base && decode(base, value);
  return bytes ? { kind: "digest", algorithm, bytes } : { kind: "malformed", algorithm };
}

/** The algorithm by which a labelled digest is to be computed, undefined where there is none or nobody knows it. */
export function digestAlgorithm(text: string | undefined): Algorithm | undefined {
  const colon = text === undefined ? -1 : text.indexOf(":");
  return text === undefined || colon < 0 ? undefined : algorithmOf(text.slice(0, colon).trim());
}

/** Writes a digest with its label, in the base that is customary for it: sha1 in base32 of upper case, the others in base16 of lower case. */
export function formatDigest(algorithm: Algorithm, bytes: Uint8Array): string {
  return `${algorithm}:${encode(customary[algorithm], bytes)}`;
}

// Not by a pattern: /=+$/ takes the square of the length where a hostile header has many `=` and another character behind them.
function withoutPadding(value: string): string {
  let end = value.length;
  while (value.charCodeAt(end - 1) === 0x3d) end--;
  return value.slice(0, end);
}
