import type { RandomAccess } from "./input.ts";

/** Bytes in memory as what can be read anywhere. */
export function accessBytes(bytes: Uint8Array): RandomAccess {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

/** A part of something, from `start` on, as if it were all there is. */
export function accessPart(whole: RandomAccess, start: number, size: number): RandomAccess {
  return { size, read: (offset, length) => whole.read(start + Math.min(offset, size), Math.max(0, Math.min(length, size - offset))) };
}
