import type { RandomAccess } from "../bytes/input.ts";
import type { Finding } from "../finding.ts";
import { zipFinding } from "./zip-finding.ts";

/** What the end of a ZIP file says of its directory (APPNOTE 4.3.16, 4.3.14). */
export interface EndOfDirectory {
  /** Where this end begins: the directory lies before it. */
  readonly at: number;
  readonly offset: number;
  readonly size: number;
  readonly count: number;
}

const endSize = 22;
const locatorSize = 20;
const largeEndSize = 56;
/** A comment of at most this length may follow the end. */
const longestComment = 0xffff;

/** Finds the end record, which stands before a comment of unknown length; and the one of ZIP64 where numbers are too large for it. */
export async function findEnd(input: RandomAccess): Promise<EndOfDirectory | Finding> {
  const length = Math.min(input.size, locatorSize + endSize + longestComment);
  const start = input.size - length;
  const tail = await input.read(start, length);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  for (let at = tail.length - endSize; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    if (at + endSize + view.getUint16(at + 20, true) > tail.length) continue;
    if (at >= locatorSize && view.getUint32(at - locatorSize, true) === 0x07064b50)
      return readLargeEnd(input, Number(view.getBigUint64(at - locatorSize + 8, true)));
    return {
      at: start + at,
      offset: view.getUint32(at + 16, true),
      size: view.getUint32(at + 12, true),
      count: view.getUint16(at + 10, true),
    };
  }
  return zipFinding("ZIP_NO_DIRECTORY", "There is no end of a directory: this is no ZIP file, or its end is cut off", 0, "found no file");
}

async function readLargeEnd(input: RandomAccess, at: number): Promise<EndOfDirectory | Finding> {
  const bytes = at + largeEndSize <= input.size ? await input.read(at, largeEndSize) : new Uint8Array(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < largeEndSize || view.getUint32(0, true) !== 0x06064b50)
    return zipFinding("ZIP_NO_DIRECTORY", "The end of the ZIP64 directory is not where its locator says", input.size, "found no file");
  const number = (place: number) => Number(view.getBigUint64(place, true));
  return { at, offset: number(48), size: number(40), count: number(32) };
}
