/** Bytes that come piece by piece, of which some may be here already: those are to be had without a promise. */
export interface ReadyBytes extends AsyncIterable<Uint8Array> {
  /** The next piece where it is here; else it is to be iterated for. */
  takeReady(): Uint8Array | undefined;
}

/** The next piece of `bytes`, where it can be had at once. */
export function takeReady(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Uint8Array | undefined {
  return "takeReady" in bytes ? (bytes as ReadyBytes).takeReady() : undefined;
}
