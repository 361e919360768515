/** A digest that is fed piece by piece. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** The digest of all that was fed; nothing can be fed after it. */
  digest(): Uint8Array;
}
