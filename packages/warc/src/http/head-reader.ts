import { findHeadEnd, longestHead } from "./head-end.ts";
import { type HttpHead, type ParsedHead, parseHttpHead } from "./parse-http-head.ts";

export interface ReadHead extends ParsedHead {
  /** What of the body came with the head: views on the bytes that were written. */
  readonly begun: Uint8Array;
}

/** Reads the head of a message from a block that comes in pieces. */
export class HeadReader {
  readonly #kind: HttpHead["kind"];
  #held = new Uint8Array(0);
  #length = 0;
  #tryAt = 1;

  constructor(kind: HttpHead["kind"]) {
    this.#kind = kind;
  }

  /** Answers with the head once it is whole; after that nothing may be written. */
  write(piece: Uint8Array): ReadHead | undefined {
    const bytes = this.#length === 0 ? piece : this.#hold(piece);
    if (bytes.length < this.#tryAt) return undefined;
    if (findHeadEnd(bytes) !== undefined || bytes.length >= longestHead) return this.#parse(bytes);
    if (this.#length === 0) this.#hold(piece);
    // Not at each piece: a head of a megabyte that comes byte by byte would be searched a million times.
    this.#tryAt = Math.min(bytes.length * 2, longestHead);
    return undefined;
  }

  /** The block has ended: what there is, is the head. */
  end(): ReadHead {
    return this.#parse(this.#held.subarray(0, this.#length));
  }

  #parse(bytes: Uint8Array): ReadHead {
    const parsed = parseHttpHead(bytes, this.#kind);
    return { ...parsed, begun: bytes.subarray(parsed.bodyAt) };
  }

  #hold(piece: Uint8Array): Uint8Array {
    const length = this.#length + piece.length;
    if (length > this.#held.length) {
      const larger = new Uint8Array(Math.max(length, this.#held.length * 2));
      larger.set(this.#held.subarray(0, this.#length));
      this.#held = larger;
    }
    this.#held.set(piece, this.#length);
    this.#length = length;
    return this.#held.subarray(0, length);
  }
}
