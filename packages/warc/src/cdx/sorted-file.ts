import type { RandomAccess } from "../bytes/input.ts";
import { compareBytes } from "./byte-order.ts";
import { lineTooLong, longestLine, readLines, withoutReturn } from "./lines.ts";

/** Lines in the order of their bytes, wherever they are kept. */
export interface SortedLines {
  /** The first line that is not before `key`, and all after it. */
  from(key: Uint8Array): AsyncGenerator<Uint8Array>;
  /** The last line before `key`. */
  before(key: Uint8Array): Promise<Uint8Array | undefined>;
}

/** A plain file of sorted lines, searched where it lies: some 30 short reads for a file of any size. */
export class SortedFile implements SortedLines {
  readonly #file: RandomAccess;
  readonly #name: string;

  /** The name is told in errors. */
  constructor(file: RandomAccess, name: string) {
    this.#file = file;
    this.#name = name;
  }

  async *from(key: Uint8Array): AsyncGenerator<Uint8Array> {
    const start = await this.#find(key);
    for await (const { bytes, isCut } of readLines(this.#read(start, this.#file.size))) {
      if (isCut) throw lineTooLong(this.#name);
      if (bytes.length > 0) yield bytes;
    }
  }

  async before(key: Uint8Array): Promise<Uint8Array | undefined> {
    for (let end = await this.#find(key); end > 0; ) {
      const start = await this.#lineStart(end - 1);
      const { bytes } = await this.#lineAt(start);
      if (bytes.length > 0) return bytes;
      end = start;
    }
    return undefined;
  }

  /** Where the first line that is not before `key` starts; the end of the file where there is none. */
  async #find(key: Uint8Array): Promise<number> {
    // All lines that start before `low` are before the key, and none that starts at `high` or after it is.
    let low = 0;
    let high = this.#file.size;
    while (high - low > probe) {
      const start = await this.#lineStart(low + Math.floor((high - low) / 2));
      const { bytes, next } = await this.#lineAt(start);
      if (compareBytes(bytes, key) < 0) low = Math.min(high, next);
      else if (start > low) high = start;
      else return low; // one long line that reaches over the middle
    }
    for await (const { bytes, offset } of readLines(this.#read(low, high))) if (compareBytes(bytes, key) >= 0) return low + offset;
    return high;
  }

  /** Of the line that the byte at `offset` is in; a line end belongs to the line it ends. */
  async #lineStart(offset: number): Promise<number> {
    for (let end = offset; end > 0; ) {
      const from = Math.max(0, end - probe);
      const newline = (await this.#file.read(from, end - from)).lastIndexOf(0x0a);
      if (newline !== -1) return from + newline + 1;
      if (offset - from > longestLine) throw lineTooLong(this.#name);
      end = from;
    }
    return 0;
  }

  async #lineAt(start: number): Promise<{ bytes: Uint8Array; next: number }> {
    for (const length of [probe, longestLine + 2]) {
      const bytes = await this.#file.read(start, Math.min(length, this.#file.size - start));
      const newline = bytes.indexOf(0x0a);
      if (newline !== -1) return { bytes: withoutReturn(bytes.subarray(0, newline)), next: start + newline + 1 };
      if (start + bytes.length >= this.#file.size && bytes.length <= longestLine)
        return { bytes: withoutReturn(bytes), next: this.#file.size };
    }
    throw lineTooLong(this.#name);
  }

  async *#read(from: number, to: number): AsyncGenerator<Uint8Array> {
    for (let offset = from; offset < to; ) {
      const bytes = await this.#file.read(offset, Math.min(64 * 1024, to - offset));
      if (bytes.length === 0) return;
      yield bytes;
      offset += bytes.length;
    }
  }
}

/** Bytes of a read while searching: a few lines. */
const probe = 4096;
