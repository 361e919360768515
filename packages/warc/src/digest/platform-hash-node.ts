import { createHash, hash } from "node:crypto";
import { blake3 } from "@noble/hashes/blake3.js";
import type { Algorithm } from "./algorithm.ts";
import type { Hash } from "./hash.ts";

/** Begins a digest. */
export function startHash(algorithm: Algorithm): Hash {
  if (algorithm === "blake3") return blake3.create();
  return createHash(algorithm);
}

/** The digest of bytes that are all here, which is quicker than to begin one. */
export function hashOf(algorithm: Algorithm, bytes: Uint8Array): Uint8Array {
  if (algorithm === "blake3") return blake3(bytes);
  return hash(algorithm, bytes, "buffer");
}
