/** What a platform lends for packing. */
export interface Compressor {
  /** Packs as a raw deflate stream (RFC 1951). The level, of 0 to 9, is for platforms that let it be chosen. */
  deflate(bytes: Uint8Array, level: number): Uint8Array | Promise<Uint8Array>;
  /** The same for what is too large to be held. */
  deflateStream(pieces: AsyncIterable<Uint8Array>, level: number): AsyncGenerator<Uint8Array, void>;
  /** Packs as one Zstandard frame (RFC 8878) that has its content size and a checksum. */
  zstd(bytes: Uint8Array, options: ZstdOptions): Uint8Array;
  /** The same for what is too large to be held; `size` is how many bytes there will be. */
  zstdStream(pieces: AsyncIterable<Uint8Array>, size: number, options: ZstdOptions): AsyncGenerator<Uint8Array, void>;
}

export interface ZstdOptions {
  /** Of 1 to 22. */
  readonly level: number;
  readonly dictionary: Uint8Array | undefined;
}
