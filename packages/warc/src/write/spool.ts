/** Bytes that have been put aside until they are asked for, again and again if need be. */
export interface Spooled extends AsyncDisposable {
  /** In bytes. */
  readonly length: number;
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
}

/** Reads a stream to its end and puts it aside. */
export type Spool = (pieces: AsyncIterable<Uint8Array>) => Promise<Spooled>;
