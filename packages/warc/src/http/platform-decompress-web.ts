import { WarcError } from "../error.ts";
import type { Compression, Decompress, Feed } from "./compression.ts";

/** By the names of the Compression Standard, as the newest browsers have them. */
const formats = { gzip: "gzip", deflate: "deflate", "deflate-raw": "deflate-raw", br: "brotli", zstd: "zstd" } as const;

/** With the DecompressionStream of the platform. Throws `NO_DECOMPRESSION` where that has not this one. */
export const decompress: Decompress = async function* (compression, feed) {
  const { readable, writable } = startStream(compression);
  const reader = readable.getReader();
  const writer = writable.getWriter();
  const feeding = feedStream(writer, feed);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return "whole";
      yield value;
    }
  } catch (error) {
    rethrowUnlessDamage(error);
    return "damaged";
  } finally {
    await reader.cancel().catch(rethrowUnlessDamage);
    await feeding;
  }
};

function startStream(compression: Compression): DecompressionStream {
  try {
    // The types know no more than the standard does; a platform that has not the others throws.
    return new DecompressionStream(formats[compression] as "gzip");
  } catch (error) {
    const fix = "Read it in Node, or in a browser whose DecompressionStream has it";
    throw new WarcError("NO_DECOMPRESSION", `Cannot unpack a body: this platform has no decompression of ${compression}`, fix, {
      cause: error,
    });
  }
}

async function feedStream(writer: WritableStreamDefaultWriter, feed: Feed): Promise<void> {
  try {
    for (let piece = await feed(); piece; piece = await feed()) await writer.write(piece);
    await writer.close();
  } catch (error) {
    // The reader is told of it too; nothing more need be fed.
    rethrowUnlessDamage(error);
  }
}

/** What is wrong with the data is a TypeError by the Compression Standard; a stream that nobody reads any more rejects with undefined. */
function rethrowUnlessDamage(error: unknown): void {
  if (error !== undefined && !(error instanceof TypeError)) throw error;
}
