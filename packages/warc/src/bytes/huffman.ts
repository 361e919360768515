/** What a prefix of bits decodes to: by its lowest `bits` bits, each entry is a symbol times 16 and the length of its code. */
export interface HuffmanTable {
  readonly bits: number;
  readonly entries: Uint16Array;
}

const longestCode = 15;

/** The table of the canonical code whose symbols have these lengths (RFC 1951 3.2.2). Undefined where there are more codes than bits can tell apart. */
export function huffmanTable(lengths: Uint8Array): HuffmanTable | undefined {
  const counts = new Uint16Array(longestCode + 1);
  for (const length of lengths) if (length > 0) counts[length] = (counts[length] ?? 0) + 1;
  let bits = longestCode;
  while (bits > 1 && counts[bits] === 0) bits--;
  const next = new Uint32Array(longestCode + 2);
  for (let length = 1; length <= longestCode; length++) {
    const first = ((next[length] ?? 0) + (counts[length] ?? 0)) << 1;
    if (first > 2 << length) return undefined;
    next[length + 1] = first;
  }
  const entries = new Uint16Array(1 << bits);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const code = next[length] ?? 0;
    next[length] = code + 1;
    // Bits come lowest first, and codes highest first.
    for (let at = reverse(code, length); at < entries.length; at += 1 << length) entries[at] = (symbol << 4) | length;
  }
  return { bits, entries };
}

function reverse(code: number, length: number): number {
  let reversed = 0;
  for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
  return reversed;
}
