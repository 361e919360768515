import { platform } from "#platform";
import { type Input, isRandomAccess, readChunks } from "./input.ts";
import type { Piece, ReportFault, StorageFault } from "./piece.ts";
import { StoredBytes } from "./stored-bytes.ts";
import { unpackGzip } from "./unpack-gzip.ts";
import { unpackZstd } from "./unpack-zstd.ts";
import { lendZstd, type ZstdDecoder } from "./zstd-decoder.ts";
import { findDictionary } from "./zstd-dictionary.ts";
import { isZstd } from "./zstd-frame.ts";

const enoughToTell = 4;

/**
 * The plain bytes of an archive from the stored byte `offset` on, whatever it is packed with: that is told by its first bytes, never by its
 * name. See `Batches` for what can be left out.
 */
export async function* unpack(
  input: Input,
  offset: number,
  report: ReportFault,
  zstd?: ZstdDecoder,
): AsyncGenerator<readonly Piece[], void, number | undefined> {
  const stored = new StoredBytes(readChunks(input, offset), offset);
  try {
    await stored.fill(enoughToTell);
    if (isGzip(stored.bytes)) yield* unpackGzip(stored, platform, report);
    else if (isZstd(stored.bytes)) {
      const unpacker = zstd ? lendZstd(platform, zstd) : platform;
      yield* unpackZstd(stored, unpacker, report, offset > 0 ? await findDictionary(input, unpacker) : undefined);
    } else {
      const packing = otherPackings.find(({ magic }) => magic.every((byte, at) => stored.bytes[at] === byte));
      if (packing) report(notRead(packing.name, stored.offset));
      yield* passPlain(stored, !(input instanceof Uint8Array) && isRandomAccess(input) ? input.size : undefined);
    }
  } finally {
    await stored.close();
  }
}

/** What archives are found in, and is not read here. */
const otherPackings = [
  { name: "LZ4", magic: [0x04, 0x22, 0x4d, 0x18] },
  { name: "bzip2", magic: [0x42, 0x5a, 0x68] },
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58] },
  { name: "ZIP, as every WACZ is", magic: [0x50, 0x4b, 0x03, 0x04] },
] as const;

function notRead(name: string, offset: number): StorageFault {
  const message = `The file is packed with ${name}; expected gzip, zstd or no packing`;
  return {
    code: "UNKNOWN_PACKING",
    severity: "error",
    message,
    clause: "D",
    done: "looked for records in it as it is",
    offset,
    inside: false,
  };
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Below this it takes as long to look for bytes elsewhere as to read on. */
const leastSkipped = 1 << 18;

/** `size` is that of an input of which bytes can be left out. */
async function* passPlain(stored: StoredBytes, size: number | undefined): AsyncGenerator<readonly Piece[], void, number | undefined> {
  for (let skipped = 0; ; ) {
    await stored.fill(1);
    const { bytes, offset } = stored;
    // Where nothing follows what was left out, a piece without bytes tells where that is.
    if (bytes.length === 0 && skipped === 0) return;
    stored.drop(bytes.length);
    const unwanted = Math.min((yield [{ bytes, offset }]) ?? 0, (size ?? 0) - stored.offset);
    skipped = unwanted < leastSkipped ? 0 : unwanted;
    stored.skip(skipped);
  }
}
