import {
  constants,
  crc32,
  createInflateRaw,
  createZstdDecompress,
  type InflateRaw,
  inflateRawSync,
  type ZstdDecompress,
  zstdDecompressSync,
} from "node:zlib";
import { gunzipRun } from "./gzip-run-node.ts";
import type { Feed, Platform, StreamEnd, Unpacked } from "./platform.ts";
import { freeRoom, type ZlibAnswer } from "./zlib-room.ts";

export const platform: Platform = { inflate, inflateStream, gunzipRun, crc32, zstd, zstdStream };

/** The bytes of checksum and size that follow a deflate stream in gzip: an end nearer to the input's end than these cannot be one. */
const trailer = 8;

const smallestRoom = 1 << 10;
const largestRoom = 1 << 16;
/** Bytes that the members of late have had: zlib asks for room before it knows what is needed, and what is too much stays until it is collected. */
let lately = 1 << 14;

function inflate(input: Uint8Array, most: number): Unpacked | "damaged" | undefined {
  return attempt(() => {
    const chunkSize = Math.min(largestRoom, smallestRoom << Math.max(0, Math.ceil(Math.log2(lately / smallestRoom))));
    // With Z_SYNC_FLUSH an input that ends early gives what there is of it, and no error.
    const options = { info: true, finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: most, chunkSize };
    const { buffer: plain, engine } = inflateRawSync(input, options) as unknown as ZlibAnswer<InflateRaw>;
    const consumed = engine.bytesWritten;
    freeRoom(engine);
    lately = Math.max(plain.length + 1, lately * 0.9, smallestRoom);
    return { plain, consumed: consumed > input.length - trailer ? undefined : consumed };
  });
}

function zstd(frame: Uint8Array, most: number, dictionary: Uint8Array | undefined): Uint8Array | "damaged" | undefined {
  return attempt(() => zstdDecompressSync(frame, { maxOutputLength: most, ...(dictionary && { dictionary }) }));
}

function attempt<Result>(unpack: () => Result): Result | "damaged" | undefined {
  try {
    return unpack();
  } catch (error) {
    if (codeOf(error) === "ERR_BUFFER_TOO_LARGE") return undefined;
    if (isDamage(error)) return "damaged";
    throw error;
  }
}

async function* inflateStream(feed: Feed, pieceSize: number): AsyncGenerator<Uint8Array, StreamEnd> {
  const engine = createInflateRaw({ chunkSize: pieceSize, finishFlush: constants.Z_SYNC_FLUSH });
  const state = yield* unpackStream(engine, feed);
  if (state.failed) return { how: "damaged", consumed: engine.bytesWritten };
  return { how: state.starved && engine.bytesWritten === state.fed ? "cut" : "whole", consumed: engine.bytesWritten };
}

async function* zstdStream(feed: Feed, dictionary: Uint8Array | undefined): AsyncGenerator<Uint8Array, StreamEnd> {
  const engine = createZstdDecompress(dictionary ? { dictionary } : {});
  const state = yield* unpackStream(engine, feed);
  return { how: state.failed ? "damaged" : "whole", consumed: state.fed };
}

interface StreamState {
  failed: boolean;
  /** Whether there was nothing more to feed. */
  starved: boolean;
  fed: number;
}

async function* unpackStream(engine: InflateRaw | ZstdDecompress, feed: Feed): AsyncGenerator<Uint8Array, StreamState> {
  const state: StreamState = { failed: false, starved: false, fed: 0 };
  const feeding = feedEngine(engine, feed, state);
  try {
    for await (const plain of engine) yield plain;
  } catch (error) {
    if (!isDamage(error)) throw error;
    state.failed = true;
  } finally {
    engine.destroy();
    await feeding;
  }
  return state;
}

async function feedEngine(engine: InflateRaw | ZstdDecompress, feed: Feed, state: StreamState): Promise<void> {
  const closed = new Promise<void>((resolve) => engine.once("close", resolve));
  try {
    while (!engine.destroyed && !engine.readableEnded) {
      const input = await feed();
      if (!input) break;
      state.fed += input.length;
      await Promise.race([closed, new Promise((taken) => engine.write(input, taken))]);
      // What it has not taken lies behind the end of the stream: no more may be fed, since that could not be given back.
      if (engine.bytesWritten < state.fed) return;
    }
    state.starved = true;
    engine.end();
  } catch (error) {
    // Whoever reads what is unpacked is told that there was nothing more to unpack, and why.
    engine.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function isDamage(error: unknown): boolean {
  return /^(Z_|ZSTD_)/.test(codeOf(error) ?? "");
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
