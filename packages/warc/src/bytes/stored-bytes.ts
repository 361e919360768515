import type { Chunks } from "./input.ts";

const none = new Uint8Array(0);

/** The bytes of a file as they are stored, from where the reader stands, as many as it has asked for. */
export class StoredBytes {
  /** What has been read and not been dropped. */
  bytes: Uint8Array = none;
  /** Of `bytes[0]`, from the start of the file. */
  offset: number;
  /** Whether nothing follows `bytes`. */
  ended = false;
  readonly #chunks: Chunks;
  #unwanted = 0;

  constructor(chunks: Chunks, offset: number) {
    this.#chunks = chunks;
    this.offset = offset;
  }

  /** Reads until there are `size` bytes, or no more. What it copies is at most what it reads, however small the chunks are. */
  async fill(size: number): Promise<void> {
    if (this.ended || this.bytes.length >= size) return;
    const enough = Math.max(size, 2 * this.bytes.length);
    const parts = [this.bytes];
    for (let length = this.bytes.length; length < enough; ) {
      const next = await this.#chunks.next(this.#unwanted);
      this.#unwanted = 0;
      if (next.done) {
        this.ended = true;
        break;
      }
      parts.push(next.value);
      length += next.value.length;
    }
    if (parts.length > 1) this.bytes = concat(parts);
  }

  drop(length: number): void {
    this.bytes = this.bytes.subarray(length);
    this.offset += length;
  }

  /** Leaves out bytes that are there and have not been read. There must be none in `bytes`. */
  skip(length: number): void {
    this.#unwanted += length;
    this.offset += length;
  }

  /** Takes back the last `length` bytes that were dropped. Nothing may have been read since. */
  rewind(length: number): void {
    this.bytes = new Uint8Array(this.bytes.buffer, this.bytes.byteOffset - length, this.bytes.length + length);
    this.offset -= length;
  }

  async close(): Promise<void> {
    this.ended = true;
    await this.#chunks.return?.();
  }
}

/** One array of them all; the only one that is not empty is given as it is. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const filled = parts.filter((part) => part.length > 0);
  const [only = none] = filled;
  if (filled.length < 2) return only;
  const whole = new Uint8Array(filled.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of filled) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
