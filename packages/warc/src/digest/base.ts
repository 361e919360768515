/** The three bases of RFC 4648 that digests are written in, by the bits that a character stands for. */
const alphabets = {
  base16: { bits: 4, characters: "0123456789abcdef" },
  base32: { bits: 5, characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" },
  base64: { bits: 6, characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" },
} as const;

export type Base = keyof typeof alphabets;

const values = { base16: valuesOf("base16"), base32: valuesOf("base32"), base64: valuesOf("base64") };

/** How many characters `length` bytes take, without padding. */
export function encodedLength(base: Base, length: number): number {
  return Math.ceil((length * 8) / alphabets[base].bits);
}

/** Writes bytes in a base: base16 in lower case, base32 in upper case, none padded. */
export function encode(base: Base, bytes: Uint8Array): string {
  const { bits, characters } = alphabets[base];
  let text = "";
  let held = 0;
  let holding = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    holding += 8;
    while (holding >= bits) text += characters[(held >> (holding -= bits)) & ((1 << bits) - 1)];
  }
  return holding > 0 ? text + characters[(held << (bits - holding)) & ((1 << bits) - 1)] : text;
}

/** Reads what is written in a base, without its padding; base16 and base32 in either case. Undefined where a character is of another base. */
export function decode(base: Base, text: string): Uint8Array | undefined {
  const { bits } = alphabets[base];
  const bytes = new Uint8Array((text.length * bits) >> 3);
  let held = 0;
  let holding = 0;
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const value = values[base][text.charCodeAt(index)];
    if (value === undefined || value < 0) return undefined;
    held = ((held << bits) | value) & 0xffff;
    holding += bits;
    if (holding >= 8) bytes[at++] = held >> (holding -= 8);
  }
  return bytes;
}

function valuesOf(base: Base): Int8Array {
  const { characters } = alphabets[base];
  const table = new Int8Array(128).fill(-1);
  for (const [value, character] of Array.from(characters).entries()) {
    table[character.charCodeAt(0)] = value;
    if (base === "base64") continue;
    table[character.toLowerCase().charCodeAt(0)] = value;
    table[character.toUpperCase().charCodeAt(0)] = value;
  }
  // What RFC 4648 5 writes for them in URLs and file names.
  if (base === "base64") [table[0x2d], table[0x5f]] = [62, 63];
  return table;
}
