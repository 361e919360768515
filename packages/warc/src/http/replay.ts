/** Bytes that are kept to be read again. Data that are no Brotli, say, are found out long before. */
const mostKept = 1 << 16;

/** Reads a source piece by piece, from which the first pieces can be read again. */
export class Replay implements AsyncDisposable {
  readonly #source: AsyncIterator<Uint8Array>;
  /** From the first piece on; undefined once they are too many or forgotten. */
  #kept: Uint8Array[] | undefined = [];
  #keptLength = 0;
  /** Pieces to be read before the source goes on. */
  #again: Uint8Array[] = [];
  #failure: { readonly error: unknown } | undefined;
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next piece; undefined at the end, and where the source has failed: ask `rethrow`. */
  async next(): Promise<Uint8Array | undefined> {
    const piece = this.#again.shift() ?? (await this.#pull());
    if (!piece || !this.#kept) return piece;
    this.#kept.push(piece);
    this.#keptLength += piece.length;
    if (this.#keptLength > mostKept) this.forget();
    return piece;
  }

  /** The first bytes, fewer than `length` where there are no more; they stay to be read. To be called before anything is read. */
  async peek(length: number): Promise<Uint8Array> {
    const start: number[] = [];
    while (start.length < length) {
      const piece = await this.#pull();
      if (!piece) break;
      this.#again.push(piece);
      start.push(...piece.subarray(0, length - start.length));
    }
    this.rethrow();
    return Uint8Array.from(start);
  }

  get canRewind(): boolean {
    return this.#kept !== undefined;
  }

  /** Begins again with the first piece. */
  rewind(): void {
    this.#again = [...(this.#kept ?? []), ...this.#again];
    this.#kept = [];
    this.#keptLength = 0;
  }

  forget(): void {
    this.#kept = undefined;
  }

  /** Throws what the source has thrown. */
  rethrow(): void {
    if (this.#failure) throw this.#failure.error;
  }

  async #pull(): Promise<Uint8Array | undefined> {
    if (this.#ended) return undefined;
    try {
      const { done, value } = await this.#source.next();
      if (!done) return value;
      this.#ended = true;
    } catch (error) {
      this.#failure = { error };
      this.#ended = true;
    }
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) await this.#source.return?.();
  }
}
