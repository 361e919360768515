import { concat } from "../bytes/stored-bytes.ts";
import { WarcError } from "../error.ts";
import type { Compressor } from "./compressor.ts";

// A CompressionStream has one level, its own.
export const compressor: Compressor = { deflate, deflateStream, zstd: noZstd, zstdStream: noZstd };

async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  const packed: Uint8Array[] = [];
  for await (const piece of deflateStream(only(bytes))) packed.push(piece);
  return concat(packed);
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

async function* deflateStream(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const { readable, writable } = new CompressionStream("deflate-raw");
  const reader = readable.getReader();
  const feeding = feed(pieces, writable);
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(onlyUnread);
    await feeding;
  }
}

/** Where the pieces fail, so does the reading of what is packed, with the same error. */
async function feed(pieces: AsyncIterable<Uint8Array>, writable: CompressionStream["writable"]): Promise<void> {
  const writer = writable.getWriter();
  try {
    // A view on shared memory, which the types allow for, no stream of bytes gives.
    for await (const piece of pieces) await writer.write(piece as Uint8Array<ArrayBuffer>);
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(onlyUnread);
  }
}

/** Whoever reads has been told of an error already; a stream that nobody reads any more rejects with undefined. */
function onlyUnread(error: unknown): void {
  if (error !== undefined && !(error instanceof Error)) throw error;
}

function noZstd(): never {
  const fix = "Write it in Node, or pack it with gzip";
  throw new WarcError("NO_ZSTD", "Cannot pack zstd here: no browser has an encoder for frames with their size and a dictionary", fix);
}
