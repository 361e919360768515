import { Readable, type Transform } from "node:stream";
import { constants, createDeflateRaw, createZstdCompress, deflateRawSync, zstdCompressSync } from "node:zlib";
import type { Compressor, ZstdOptions } from "./compressor.ts";

export const compressor: Compressor = {
  deflate: (bytes, level) => deflateRawSync(bytes, { level }),
  deflateStream: (pieces, level) => packStream(pieces, createDeflateRaw({ level })),
  zstd: (bytes, options) => zstdCompressSync(bytes, parameters(bytes.length, options)),
  zstdStream: (pieces, size, options) => packStream(pieces, createZstdCompress(parameters(size, options))),
};

/** Of 8 MiB: a decoder of .warc.zst need not hold more, and the highest levels would. */
const largestWindow = 23;

function parameters(size: number, { level, dictionary }: ZstdOptions) {
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_contentSizeFlag]: 1,
    [constants.ZSTD_c_checksumFlag]: 1,
    ...(level > 19 && { [constants.ZSTD_c_windowLog]: largestWindow }),
  };
  return { params, pledgedSrcSize: size, ...(dictionary && { dictionary }) };
}

async function* packStream(pieces: AsyncIterable<Uint8Array>, engine: Transform): AsyncGenerator<Uint8Array, void> {
  const source = Readable.from(pieces);
  // What cannot be read cannot be packed: whoever reads what is packed is told why.
  source.once("error", (error) => engine.destroy(error));
  try {
    for await (const packed of source.pipe(engine)) yield packed;
  } finally {
    source.destroy();
    engine.destroy();
  }
}
