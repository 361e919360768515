import { type HuffmanTable, huffmanTable } from "./huffman.ts";

/** The bytes that a length or distance may reach back, RFC 1951 2. */
const history = 1 << 15;
const longestMatch = 258;
/** The most bits that a length and its distance take, and the most that the head of a block does. */
const matchBits = 48;
const headBits = 8 * 330;

const lengthBases = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const lengthExtras = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBases = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385,
  24577,
];
const distanceExtras = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const fixedLengths = Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8));
const fixed = { lengths: tableOf(fixedLengths), distances: tableOf(new Uint8Array(30).fill(5)) };

/** What became of a step: bytes to take, or why there are none. */
export type Step = Uint8Array | "hungry" | "end" | "cut" | "damaged";

/**
 * Unpacks a deflate stream (RFC 1951) as its bytes come, where the platform has nothing that tells where one ends. Give it input while it is
 * hungry; it holds no more than its history and one piece.
 */
export class Inflater {
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #isLast = false;
  #bits = 0;
  #count = 0;
  #fedBefore = 0;
  readonly #pieceSize: number;
  readonly #output: Uint8Array;
  #end = 0;
  #given = 0;
  #state: "head" | "stored" | "codes" | "end" | "cut" | "damaged" = "head";
  #isFinal = false;
  #stored = 0;
  #codes = fixed;

  constructor(pieceSize: number) {
    this.#pieceSize = pieceSize;
    this.#output = new Uint8Array(history + pieceSize + longestMatch);
  }

  /** Bytes of all that was fed which the stream has taken. */
  get consumed(): number {
    return this.#fedBefore + this.#at - (this.#count >> 3);
  }

  /** Adds input behind what is left; nothing, once there is no more. */
  feed(input: Uint8Array | undefined): void {
    if (!input) {
      this.#isLast = true;
      return;
    }
    const left = this.#input.subarray(this.#at);
    this.#fedBefore += this.#at;
    this.#at = 0;
    if (left.length === 0) this.#input = input;
    else {
      this.#input = new Uint8Array(left.length + input.length);
      this.#input.set(left);
      this.#input.set(input, left.length);
    }
  }

  /** The next piece, or what stands in the way. Bytes are given before an end is told. */
  step(): Step {
    for (;;) {
      if (this.#end - this.#given >= this.#pieceSize) return this.#give();
      if (this.#state === "end" || this.#state === "cut" || this.#state === "damaged")
        return this.#end > this.#given ? this.#give() : this.#state;
      const isFed = this.#state === "head" ? this.#readHead() : this.#state === "stored" ? this.#copyStored() : this.#decode();
      if (!isFed) return "hungry";
    }
  }

  #give(): Uint8Array {
    const piece = this.#output.slice(this.#given, this.#end);
    const kept = Math.min(history, this.#end);
    this.#output.copyWithin(0, this.#end - kept, this.#end);
    this.#given = this.#end = kept;
    return piece;
  }

  #has(bits: number): boolean {
    return this.#isLast || (this.#input.length - this.#at) * 8 + this.#count >= bits;
  }

  #fill(): void {
    while (this.#count <= 24 && this.#at < this.#input.length) {
      this.#bits |= (this.#input[this.#at++] ?? 0) << this.#count;
      this.#count += 8;
    }
  }

  /** The next bits, 16 at most. Zeros where the input has ended, which `#count` then tells by being negative. */
  #take(count: number): number {
    if (this.#count < count) this.#fill();
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#count -= count;
    return value;
  }

  #decodeSymbol({ bits, entries }: HuffmanTable): number {
    if (this.#count < bits) this.#fill();
    const entry = entries[this.#bits & ((1 << bits) - 1)] ?? 0;
    const length = entry & 15;
    // No code begins so: or its other bits are yet to come.
    if (length === 0) {
      if (this.#count < bits) this.#count = -1;
      return -1;
    }
    this.#bits >>>= length;
    this.#count -= length;
    return entry >> 4;
  }

  /** More bits taken than there were: the stream is cut. */
  #fail(): true {
    this.#state = this.#count < 0 ? "cut" : "damaged";
    return true;
  }

  #readHead(): boolean {
    if (!this.#has(headBits)) return false;
    this.#isFinal = this.#take(1) === 1;
    const kind = this.#take(2);
    if (kind === 0) return this.#readStoredHead();
    if (kind === 3 || this.#count < 0) return this.#fail();
    const codes = kind === 1 ? fixed : this.#readCodes();
    if (!codes || this.#count < 0) return this.#fail();
    this.#codes = codes;
    this.#state = "codes";
    return true;
  }

  #readStoredHead(): boolean {
    this.#take(this.#count & 7);
    const length = this.#take(16);
    const check = this.#take(16);
    if (this.#count < 0 || length !== (~check & 0xffff)) return this.#fail();
    this.#stored = length;
    this.#state = length > 0 ? "stored" : this.#afterBlock();
    return true;
  }

  #afterBlock(): "head" | "end" {
    return this.#isFinal ? "end" : "head";
  }

  /** RFC 1951 3.2.7. */
  #readCodes() {
    const lengthCount = this.#take(5) + 257;
    const distanceCount = this.#take(5) + 1;
    const orders = this.#take(4) + 4;
    const orderLengths = new Uint8Array(19);
    for (const place of lengthOrder.slice(0, orders)) orderLengths[place] = this.#take(3);
    const table = huffmanTable(orderLengths);
    if (!table || lengthCount > 286) return undefined;
    const lengths = new Uint8Array(lengthCount + distanceCount);
    for (let at = 0; at < lengths.length; ) {
      const symbol = this.#decodeSymbol(table);
      if (symbol < 0 || this.#count < 0) return undefined;
      if (symbol < 16) {
        lengths[at++] = symbol;
        continue;
      }
      if (symbol === 16 && at === 0) return undefined;
      const repeated = symbol === 16 ? (lengths[at - 1] ?? 0) : 0;
      const times = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (at + times > lengths.length) return undefined;
      lengths.fill(repeated, at, (at += times));
    }
    const literals = huffmanTable(lengths.subarray(0, lengthCount));
    const distances = huffmanTable(lengths.subarray(lengthCount));
    return literals && distances ? { lengths: literals, distances } : undefined;
  }

  #copyStored(): boolean {
    while (this.#stored > 0 && this.#count >= 8 && this.#end < this.#output.length) {
      this.#output[this.#end++] = this.#take(8);
      this.#stored--;
    }
    const length = this.#count >= 8 ? 0 : Math.min(this.#stored, this.#input.length - this.#at, this.#output.length - this.#end);
    this.#output.set(this.#input.subarray(this.#at, this.#at + length), this.#end);
    this.#at += length;
    this.#end += length;
    this.#stored -= length;
    if (this.#stored === 0) this.#state = this.#afterBlock();
    else if (this.#at >= this.#input.length && this.#count < 8) {
      if (this.#isLast) this.#state = "cut";
      return this.#isLast;
    }
    return true;
  }

  /** Decodes while there is room for a match, and input for one. */
  #decode(): boolean {
    const { lengths, distances } = this.#codes;
    const output = this.#output;
    while (this.#end - this.#given < this.#pieceSize) {
      if (!this.#has(matchBits)) return false;
      const symbol = this.#decodeSymbol(lengths);
      if (symbol < 0 || this.#count < 0) return this.#fail();
      if (symbol < 256) {
        output[this.#end++] = symbol;
      } else if (symbol === 256) {
        this.#state = this.#afterBlock();
        return true;
      } else {
        const length = (lengthBases[symbol - 257] ?? 0) + this.#take(lengthExtras[symbol - 257] ?? 0);
        const place = this.#decodeSymbol(distances);
        const distance = (distanceBases[place] ?? 0) + this.#take(distanceExtras[place] ?? 0);
        if (symbol > 285 || place < 0 || place > 29 || this.#count < 0 || distance > this.#end) return this.#fail();
        for (const until = this.#end + length; this.#end < until; this.#end++) output[this.#end] = output[this.#end - distance] ?? 0;
      }
    }
    return true;
  }
}

function tableOf(lengths: Uint8Array): HuffmanTable {
  const table = huffmanTable(lengths);
  if (!table) throw new Error("BUG: the fixed code of RFC 1951 3.2.6 is none");
  return table;
}
