import { GrowingBytes } from "./growing-bytes.ts";
import { longestHead, type ScannedHead } from "./head-end.ts";
import { type HttpHead, type ParsedHead, parseScannedHead, scanHttpHead } from "./parse-http-head.ts";

export interface ReadHead extends ParsedHead {
  /** What of the body came with the head: views on the bytes that were written. */
  readonly begun: Uint8Array;
}

/** Reads the head of a message from a block that comes in pieces. */
export class HeadReader {
  readonly #kind: HttpHead["kind"];
  readonly #held = new GrowingBytes();
  #tryAt = 1;

  constructor(kind: HttpHead["kind"]) {
    this.#kind = kind;
  }

  /** Answers with the head once it is whole; after that nothing may be written. */
  write(piece: Uint8Array): ReadHead | undefined {
    if (this.#held.length > 0) this.#held.add(piece);
    const bytes = this.#held.length > 0 ? this.#held.bytes : piece;
    if (bytes.length < this.#tryAt) return undefined;
    const scanned = scanHttpHead(bytes);
    if (scanned.end !== undefined || bytes.length >= longestHead) return this.#parse(bytes, scanned);
    if (this.#held.length === 0) this.#held.add(piece);
    // Not at each piece: a head of a megabyte that comes byte by byte would be searched a million times.
    this.#tryAt = Math.min(bytes.length * 2, longestHead);
    return undefined;
  }

  /** The block has ended: what there is, is the head. */
  end(): ReadHead {
    const { bytes } = this.#held;
    return this.#parse(bytes, scanHttpHead(bytes));
  }

  #parse(bytes: Uint8Array, scanned: ScannedHead): ReadHead {
    const { head, bodyAt, findings } = parseScannedHead(bytes, this.#kind, scanned);
    return { head, bodyAt, findings, begun: bytes.subarray(bodyAt) };
  }
}
