const none = new Uint8Array(0);

/** Bytes gathered from pieces, in memory that doubles: it takes no more than twice what was added, in however small pieces. */
export class GrowingBytes {
  #memory: Uint8Array = none;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All that was added: a view, good until more is. */
  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#memory.length) {
      const larger = new Uint8Array(Math.max(length, this.#memory.length * 2));
      larger.set(this.bytes);
      this.#memory = larger;
    }
    this.#memory.set(piece, this.#length);
    this.#length = length;
  }
}
