import type { Input } from "./input.ts";
import { isRandomAccess, readChunks } from "./input.ts";
import type { Platform } from "./platform.ts";
import { StoredBytes } from "./stored-bytes.ts";
import { isZstd, ZstdWalk } from "./zstd-frame.ts";

/** What every decoder of .warc.zst has to be able to hold, warc-zstd "Window and dictionary limits". */
export const largestDictionary = 1 << 23;

/** The dictionary in the bytes of a skippable frame behind its eight bytes of head: as it is, or packed itself. Undefined where it is neither. */
export function unpackDictionary(data: Uint8Array, platform: Platform): Uint8Array | undefined {
  if (data[0] === 0x37 && data[1] === 0xa4 && data[2] === 0x30 && data[3] === 0xec) return data;
  if (!isZstd(data)) return undefined;
  const plain = platform.zstd(data, largestDictionary, undefined);
  return plain === "damaged" ? undefined : plain;
}

/** The dictionary at the start of an input that is read from a place behind it. A stream that has gone by has none to offer. */
export async function findDictionary(input: Input, platform: Platform): Promise<Uint8Array | undefined> {
  if (!(input instanceof Uint8Array) && !isRandomAccess(input)) return undefined;
  const stored = new StoredBytes(readChunks(input, 0), 0);
  try {
    await stored.fill(8);
    const frame = new ZstdWalk().walk(stored.bytes, 0);
    if (!frame || frame === "cut" || frame.kind !== "skippable" || !frame.isDictionary || frame.length > largestDictionary)
      return undefined;
    await stored.fill(frame.length);
    return unpackDictionary(stored.bytes.subarray(8, frame.length), platform);
  } finally {
    await stored.close();
  }
}
