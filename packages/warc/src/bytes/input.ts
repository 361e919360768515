import { WarcError } from "../error.ts";

/** Bytes that can be read anywhere: a file, a blob, HTTP ranges, an object in a store. Offsets and sizes are in bytes. */
export interface RandomAccess {
  readonly size: number;
  /** Up to `length` bytes from `offset`; fewer only at the end. The array must stay as it is: records point into it. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Where an archive can be read from. A Node stream of bytes is an async iterable of them. */
export type Input = Uint8Array | RandomAccess | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

const chunkSize = 1 << 18;

/** What gives bytes piece by piece, and is told with `next` how many of those that follow nobody wants: where that is any, they are left out. */
export type Chunks = AsyncIterator<Uint8Array, void, number | undefined>;

/** The stored bytes from `offset` on, piece by piece, read only as they are asked for. Some can be left out of what `isRandomAccess`. */
export async function* readChunks(input: Input, offset: number): AsyncGenerator<Uint8Array, void, number | undefined> {
  if (input instanceof Uint8Array) yield input.subarray(offset);
  else if (isRandomAccess(input)) yield* readRanges(input, offset);
  else yield* skipBytes(input, offset);
}

/** Whether the input can be read from any place. */
export function isRandomAccess(input: Exclude<Input, Uint8Array>): input is RandomAccess {
  return "read" in input && typeof input.read === "function" && "size" in input && typeof input.size === "number";
}

async function* readRanges(input: RandomAccess, start: number): AsyncGenerator<Uint8Array, void, number | undefined> {
  const readAt = (offset: number) => input.read(offset, Math.min(chunkSize, input.size - offset));
  let ahead: Promise<Uint8Array> | undefined;
  // Whoever asks for a second part has no single small record in mind: what follows is read while this is worked on.
  let isLong = false;
  for (let offset = start; offset < input.size; ) {
    const bytes = await (ahead ?? readAt(offset));
    // A file that shrinks while it is read ends here; what is missing is found where the record is cut.
    if (bytes.length === 0) return;
    offset += bytes.length;
    ahead = isLong && offset < input.size ? readAt(offset) : undefined;
    ahead?.catch(() => "told when it is asked for");
    const unwanted = (yield bytes) ?? 0;
    isLong = unwanted === 0;
    if (isLong) continue;
    offset += unwanted;
    ahead = undefined;
  }
}

async function* skipBytes(
  stream: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>,
  offset: number,
): AsyncGenerator<Uint8Array, void> {
  let left = offset;
  for await (const bytes of iterate(stream)) {
    if (!(bytes instanceof Uint8Array)) {
      throw new WarcError(
        "NOT_BYTES",
        `Cannot read an archive from a stream of ${typeof bytes}s`,
        "Give a stream of Uint8Array: set no encoding on it",
      );
    }
    if (bytes.length > left) yield bytes.subarray(left);
    left = Math.max(0, left - bytes.length);
  }
}

/** Not every browser can iterate over a stream. */
function iterate(stream: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  return Symbol.asyncIterator in stream ? stream : drain(stream);
}

async function* drain(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}
