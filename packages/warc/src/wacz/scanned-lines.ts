import { compareBytes } from "../cdx/byte-order.ts";
import { lineTooLong, readLines } from "../cdx/lines.ts";
import type { SortedLines } from "../cdx/sorted-file.ts";

/** Sorted lines that can be read from their start only, as those of an index that is packed in one piece: each search reads on to what it finds. */
export class ScannedLines implements SortedLines {
  readonly #open: () => AsyncIterable<Uint8Array>;

  constructor(open: () => AsyncIterable<Uint8Array>) {
    this.#open = open;
  }

  async *from(key: Uint8Array): AsyncGenerator<Uint8Array> {
    for await (const { bytes, isCut } of readLines(this.#open())) {
      if (isCut) throw lineTooLong("an index");
      if (bytes.length > 0 && compareBytes(bytes, key) >= 0) yield bytes;
    }
  }

  async before(key: Uint8Array): Promise<Uint8Array | undefined> {
    let last: Uint8Array | undefined;
    for await (const { bytes } of readLines(this.#open())) {
      if (bytes.length === 0) continue;
      if (compareBytes(bytes, key) >= 0) break;
      last = bytes.slice();
    }
    return last;
  }
}
