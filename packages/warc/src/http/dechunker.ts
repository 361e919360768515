import type { BlockFinding } from "./block-finding.ts";
import { HttpFaults } from "./http-fault.ts";

/** Bytes of a size line with its extensions, and of a trailer, beyond which it can be none. */
const longestSizeLine = 4096;
const longestTrailer = 1 << 16;

const lf = 0x0a;
const cr = 0x0d;

/** Leading zeros, and no more digits than a whole number is exact with; white space and extensions behind it. */
const sizeLine = /^[ \t]*(?:0*)([0-9a-f]{1,13})[ \t]*(?:;.*)?$/is;

type State =
  | { readonly in: "size line"; readonly isFirst: boolean }
  | { readonly in: "data"; left: number }
  | { readonly in: "line end"; sawCr: boolean }
  /** `lineLength` of the line that is being read, without its line end. */
  | { readonly in: "trailer"; length: number; lineLength: number }
  | { readonly in: "plain" | "after" | "stopped" };

/**
 * Removes the chunked transfer coding (RFC 9112 7.1) from a body that comes in pieces. What it gives are views on the pieces.
 *
 * A body that is only labelled so is given as it is: many a crawler has decoded the body and kept the label. That can be told by the first
 * size line alone; where a later one is wrong the body ends.
 */
export class Dechunker {
  readonly #give: (piece: Uint8Array) => void;
  readonly #faults = new HttpFaults();
  #state: State = { in: "size line", isFirst: true };
  #line: number[] = [];
  #at: number;

  /** `at` is where the body begins in its block, for the places of findings. */
  constructor(at: number, give: (piece: Uint8Array) => void) {
    this.#at = at;
    this.#give = give;
  }

  /** False once the body has turned out to be labelled so only. */
  get isChunked(): boolean {
    return this.#state.in !== "plain";
  }

  get findings(): readonly BlockFinding[] {
    return this.#faults.list;
  }

  write(piece: Uint8Array): void {
    for (let from = 0; from < piece.length; ) {
      const taken = this.#take(piece.subarray(from));
      from += taken;
      this.#at += taken;
    }
  }

  end(): void {
    const state = this.#state;
    if (state.in === "size line" && state.isFirst && this.#line.length > 0) this.#turnPlain(this.#at - this.#line.length);
    else if (state.in !== "after" && state.in !== "plain" && state.in !== "stopped")
      this.#faults.note("CHUNKS_CUT", this.#at, `The body ends within its chunks (in a ${state.in}), expected a last one of size 0`);
  }

  /** Takes from the start of `bytes`, which are not empty, and answers how many. */
  #take(bytes: Uint8Array): number {
    const state = this.#state;
    switch (state.in) {
      case "size line":
        return this.#takeSizeLine(bytes, state.isFirst);
      case "data": {
        const data = bytes.subarray(0, state.left);
        this.#give(data);
        state.left -= data.length;
        if (state.left === 0) this.#state = { in: "line end", sawCr: false };
        return data.length;
      }
      case "line end":
        return this.#takeLineEnd(bytes, state);
      case "trailer":
        return this.#takeTrailer(bytes, state);
      case "after":
        this.#faults.note("AFTER_CHUNKS", this.#at, "Bytes follow the last chunk");
        return bytes.length;
      case "plain":
        this.#give(bytes);
        return bytes.length;
      case "stopped":
        return bytes.length;
      default:
        return state satisfies never;
    }
  }

  #takeSizeLine(bytes: Uint8Array, isFirst: boolean): number {
    const lineAt = this.#at - this.#line.length;
    const room = longestSizeLine - this.#line.length;
    const end = bytes.subarray(0, room).indexOf(lf);
    const taken = end < 0 ? Math.min(bytes.length, room) : end + 1;
    for (let index = 0; index < taken; index++) this.#line.push(bytes[index] ?? 0);
    if (end < 0 && taken < room) return taken;
    const size = end < 0 ? undefined : this.#readSize(lineAt);
    if (size === undefined && isFirst) this.#turnPlain(lineAt);
    else if (size === undefined) {
      this.#faults.note("CHUNK_SIZE", lineAt, "Where the size of a chunk should be, there is none");
      this.#state = { in: "stopped" };
    } else this.#state = size > 0 ? { in: "data", left: size } : { in: "trailer", length: 0, lineLength: 0 };
    this.#line = [];
    return taken;
  }

  #readSize(lineAt: number): number | undefined {
    const hasCr = this.#line.at(-2) === cr;
    const digits = sizeLine.exec(String.fromCharCode(...this.#line.slice(0, hasCr ? -2 : -1)))?.[1];
    if (digits === undefined) return undefined;
    if (!hasCr) this.#noteLf(lineAt);
    return Number.parseInt(digits, 16);
  }

  #takeLineEnd(bytes: Uint8Array, state: { sawCr: boolean }): number {
    const [first] = bytes;
    if (first === cr && !state.sawCr) {
      state.sawCr = true;
      return 1;
    }
    if (first === lf && !state.sawCr) this.#noteLf(this.#at);
    if (first !== lf) this.#faults.note("CHUNK_END", this.#at, "No line end follows the data of a chunk");
    this.#state = { in: "size line", isFirst: false };
    return first === lf ? 1 : 0;
  }

  #takeTrailer(bytes: Uint8Array, state: { length: number; lineLength: number }): number {
    const end = bytes.indexOf(lf);
    const taken = end < 0 ? bytes.length : end + 1;
    state.length += taken;
    // A CR makes no line, wherever it stands.
    for (let index = 0; index < taken; index++) if (bytes[index] !== cr && bytes[index] !== lf) state.lineLength++;
    if (end >= 0 && state.lineLength === 0) this.#state = { in: "after" };
    else if (end >= 0) state.lineLength = 0;
    if (this.#state === state && state.length > longestTrailer) {
      const trailerAt = this.#at + taken - state.length;
      this.#faults.note("CHUNK_TRAILER_TOO_LONG", trailerAt, `The trailer has no end within ${longestTrailer} bytes`);
      this.#state = { in: "stopped" };
    }
    return taken;
  }

  #turnPlain(lineAt: number): void {
    this.#faults.note("NOT_CHUNKED", lineAt, "The head says that the body is chunked, and it is not");
    this.#state = { in: "plain" };
    this.#give(Uint8Array.from(this.#line));
    this.#line = [];
  }

  #noteLf(at: number): void {
    this.#faults.note("CHUNK_LF_LINE_ENDS", at, "A line of the chunks ends in LF, expected CRLF");
  }
}
