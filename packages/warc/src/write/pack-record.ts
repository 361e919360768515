import { compressor } from "#compress";
import { platform } from "#platform";
import { concat } from "../bytes/stored-bytes.ts";
import { WarcError } from "../error.ts";
import { bytesOfRecord, sizeOfRecord, type WritableRecord } from "./record-bytes.ts";

/** What each record of a file is packed as. */
export type Packing =
  | { readonly kind: "plain" }
  /** A gzip member a record (ISO 28500:2017 D.2); level 0 to 9, 6 unless told. A browser uses its own. */
  | { readonly kind: "gzip"; readonly level?: number }
  /** A frame a record, as the proposed warc-zstd has it; level 1 to 22, 3 unless told. With a dictionary as `zstd --train` makes it. */
  | { readonly kind: "zstd"; readonly level?: number; readonly dictionary?: Uint8Array };

/** Of a record that is no larger than this all bytes are packed at once. */
const smallRecord = 1 << 20;

/** What stands in a file before its first record: for zstd with a dictionary that, in a frame which others skip; else nothing. Throws `BAD_DICTIONARY`. */
export function startOfFile(packing: Packing): Uint8Array {
  const { dictionary } = packing.kind === "zstd" ? packing : {};
  if (!dictionary) return new Uint8Array(0);
  const isDictionary = [0x37, 0xa4, 0x30, 0xec].every((byte, at) => dictionary[at] === byte);
  if (!isDictionary) {
    const fix = "Make it with zstd --train; content alone, without the tables of a dictionary, will not do";
    throw new WarcError("BAD_DICTIONARY", "Cannot write a file with this dictionary: it does not begin with 37 A4 30 EC", fix);
  }
  const head = new DataView(new ArrayBuffer(8));
  head.setUint32(0, 0x184d2a5d, true);
  head.setUint32(4, dictionary.length, true);
  return concat([new Uint8Array(head.buffer), dictionary]);
}

/**
 * A record as it is stored, in pieces. Holds 1 MiB of it. Throws `WRONG_LENGTH` where its block is not as long as its header says: what was
 * given until then has to be taken back; `BAD_LEVEL`; and in a browser `NO_ZSTD`.
 */
export async function* packRecord(record: WritableRecord, packing: Packing): AsyncGenerator<Uint8Array, void> {
  const bytes = bytesOfRecord(record);
  const size = sizeOfRecord(record);
  // A piece is a call of the system to whoever writes it.
  if (packing.kind === "plain") yield* size > smallRecord ? bytes : [await gather(bytes)];
  else if (packing.kind === "gzip") yield* packGzip(bytes, size, levelWithin(packing, 6, [0, 9]));
  else {
    const options = { level: levelWithin(packing, 3, [1, 22]), dictionary: packing.dictionary };
    if (size > smallRecord) yield* compressor.zstdStream(bytes, size, options);
    else yield compressor.zstd(await gather(bytes), options);
  }
}

/** RFC 1952, without name and time: the same record gives the same member wherever it is packed with the same deflate. */
async function* packGzip(bytes: AsyncIterable<Uint8Array>, size: number, level: number): AsyncGenerator<Uint8Array, void> {
  const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, level === 9 ? 2 : level === 1 ? 4 : 0, 0xff);
  if (size <= smallRecord) {
    const whole = await gather(bytes);
    yield concat([header, await compressor.deflate(whole, level), gzipTrailer(platform.crc32(whole), size)]);
    return;
  }
  let crc = 0;
  const counted = (async function* () {
    for await (const piece of bytes) {
      crc = platform.crc32(piece, crc);
      yield piece;
    }
  })();
  yield header;
  yield* compressor.deflateStream(counted, level);
  yield gzipTrailer(crc, size);
}

/** Checksum, and the size modulo 2³². */
function gzipTrailer(crc: number, size: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, crc, true);
  view.setUint32(4, size % 2 ** 32, true);
  return new Uint8Array(view.buffer);
}

async function gather(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return concat(parts);
}

function levelWithin({ kind, level }: { kind: string; level?: number }, usual: number, [least, most]: readonly [number, number]): number {
  if (level === undefined) return usual;
  if (Number.isInteger(level) && level >= least && level <= most) return level;
  throw new WarcError("BAD_LEVEL", `Cannot pack ${kind} at level ${level}`, `Give a whole number of ${least} to ${most}`);
}
