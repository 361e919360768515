import { blake3 } from "@noble/hashes/blake3.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import type { Algorithm } from "./algorithm.ts";
import type { Hash } from "./hash.ts";

// Not crypto.subtle: it wants all bytes at once, and has no md5.
const hashes = { md5, sha1, sha256, sha512, blake3 };

/** Begins a digest. */
export function startHash(algorithm: Algorithm): Hash {
  return hashes[algorithm].create();
}

/** The digest of bytes that are all here. */
export function hashOf(algorithm: Algorithm, bytes: Uint8Array): Uint8Array {
  return hashes[algorithm](bytes);
}
