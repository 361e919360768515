import { platform } from "#platform";
import { type Input, readChunks } from "./input.ts";
import type { Piece, ReportFault } from "./piece.ts";
import { StoredBytes } from "./stored-bytes.ts";
import { unpackGzip } from "./unpack-gzip.ts";
import { unpackZstd } from "./unpack-zstd.ts";
import { findDictionary } from "./zstd-dictionary.ts";
import { isZstd } from "./zstd-frame.ts";

const enoughToTell = 4;

/** The plain bytes of an archive from the stored byte `offset` on, whatever it is packed with: that is told by its first bytes, never by its name. */
export async function* unpack(input: Input, offset: number, report: ReportFault): AsyncGenerator<readonly Piece[], void> {
  const stored = new StoredBytes(readChunks(input, offset), offset);
  try {
    await stored.fill(enoughToTell);
    if (isGzip(stored.bytes)) yield* unpackGzip(stored, platform, report);
    else if (isZstd(stored.bytes))
      yield* unpackZstd(stored, platform, report, offset > 0 ? await findDictionary(input, platform) : undefined);
    else yield* passPlain(stored);
  } finally {
    await stored.close();
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function* passPlain(stored: StoredBytes): AsyncGenerator<readonly Piece[], void> {
  for (;;) {
    await stored.fill(1);
    const { bytes, offset } = stored;
    if (bytes.length === 0) return;
    stored.drop(bytes.length);
    yield [{ bytes, offset }];
  }
}
