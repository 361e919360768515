import type { RandomAccess } from "../bytes/input.ts";
import type { Piece } from "../bytes/piece.ts";
import { unpack } from "../bytes/unpack.ts";

/** The plain bytes of an archive by their plain offsets, as a reader tells them; only ever forward. */
export class PlainCursor implements AsyncDisposable {
  readonly #batches: AsyncGenerator<readonly Piece[], void>;
  #pieces: readonly Piece[] = [];
  #bytes: Uint8Array = new Uint8Array(0);
  /** Of `#bytes[0]`. */
  #offset = 0;

  constructor(input: Uint8Array | RandomAccess) {
    // The reader that told the offsets has told the faults as well.
    this.#batches = unpack(input, 0, () => undefined);
  }

  /** The bytes from `from` up to `to` or the end of the file. What is not taken of them cannot be asked for again. */
  async *read(from: number, to: number): AsyncGenerator<Uint8Array, void> {
    if (from < this.#offset) throw new Error(`BUG: the plain byte ${from} is asked for behind ${this.#offset}`);
    while (this.#offset < to) {
      if (this.#bytes.length === 0 && !(await this.#fetch())) return;
      this.#pass(Math.min(this.#bytes.length, Math.max(0, from - this.#offset)));
      const bytes = this.#bytes.subarray(0, Math.max(0, to - this.#offset));
      this.#pass(bytes.length);
      if (bytes.length > 0) yield bytes;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#batches.return();
  }

  #pass(length: number): void {
    this.#bytes = this.#bytes.subarray(length);
    this.#offset += length;
  }

  /** False at the end of the file. */
  async #fetch(): Promise<boolean> {
    while (this.#pieces.length === 0) {
      const next = await this.#batches.next();
      if (next.done) return false;
      this.#pieces = next.value;
    }
    const [first, ...others] = this.#pieces;
    this.#pieces = others;
    this.#bytes = first?.bytes ?? this.#bytes;
    return true;
  }
}
