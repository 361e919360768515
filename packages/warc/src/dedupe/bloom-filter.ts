import { WarcError } from "../error.ts";

const magic = new TextEncoder().encode("warcblm1");
/** Magic, hashes, bits, members. */
const headerSize = 8 + 8 + 8 + 8;

/**
 * A set of digests that takes some bits each: what it does not have was never added; what it has may not have been. Digests are as good as
 * chance already, so that their own bytes are the two hashes that all others are made of.
 */
export class BloomFilter {
  /** How many have been added. */
  members: number;
  readonly #hashes: number;
  readonly #bits: number;
  readonly #bytes: Uint8Array;

  private constructor(hashes: number, bits: number, members: number, bytes: Uint8Array) {
    this.#hashes = hashes;
    this.#bits = bits;
    this.members = members;
    this.#bytes = bytes;
  }

  /** An empty one for so many digests, of which `rate`, between 0 and 1, of those that were never added are taken for members once it is full. */
  static forMembers(capacity: number, rate: number): BloomFilter {
    const bits = Math.max(64, Math.ceil((-Math.max(1, capacity) * Math.log(rate)) / Math.LN2 ** 2));
    const hashes = Math.min(30, Math.max(1, Math.round((bits / Math.max(1, capacity)) * Math.LN2)));
    return new BloomFilter(hashes, bits, 0, new Uint8Array(Math.ceil(bits / 8)));
  }

  /** Reads what `bytes` gave; a view on them. Throws `BAD_BLOOM`. */
  static parse(bytes: Uint8Array, name: string): BloomFilter {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const isOurs = bytes.length >= headerSize && magic.every((byte, at) => bytes[at] === byte);
    const [hashes, bits, members] = isOurs ? [8, 16, 24].map((at) => Number(view.getBigUint64(at, true))) : [];
    const isSound =
      hashes !== undefined && bits !== undefined && hashes >= 1 && hashes <= 30 && bytes.length === headerSize + Math.ceil(bits / 8);
    if (!isSound)
      throw new WarcError(
        "BAD_BLOOM",
        `Cannot read ${name}: it is no filter, or not a whole one`,
        "Remove it: it is made again from the .cdxj beside it",
      );
    return new BloomFilter(hashes, bits, members ?? 0, bytes.subarray(headerSize));
  }

  /** As they are kept in a file: the header, then the bits. */
  get bytes(): readonly Uint8Array[] {
    const header = new Uint8Array(headerSize);
    header.set(magic);
    const view = new DataView(header.buffer);
    for (const [at, value] of [
      [8, this.#hashes],
      [16, this.#bits],
      [24, this.members],
    ] as const)
      view.setBigUint64(at, BigInt(value), true);
    return [header, this.#bytes];
  }

  add(digest: Uint8Array): void {
    for (const bit of this.#bitsOf(digest)) this.#bytes[Math.floor(bit / 8)] = (this.#bytes[Math.floor(bit / 8)] ?? 0) | (1 << (bit % 8));
    this.members++;
  }

  mayHave(digest: Uint8Array): boolean {
    return this.#bitsOf(digest).every((bit) => ((this.#bytes[Math.floor(bit / 8)] ?? 0) & (1 << (bit % 8))) !== 0);
  }

  #bitsOf(digest: Uint8Array): readonly number[] {
    // Of 48 bits each, so that sums stay exact; the second is odd, lest it be 0.
    const [one, other] = [bigEndian(digest, 0), Math.floor(bigEndian(digest, 6) / 2) * 2 + 1];
    return Array.from({ length: this.#hashes }, (_, index) => (one + index * other) % this.#bits);
  }
}

function bigEndian(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (const byte of bytes.subarray(at, at + 6)) value = value * 256 + byte;
  return value;
}
