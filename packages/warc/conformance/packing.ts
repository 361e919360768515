import { constants, crc32, zstdCompressSync } from "node:zlib";

/** A gzip member (RFC 1952) that is the same on every machine, whatever its zlib is. */
export function gzipMember(plain: Uint8Array, { flags = 0, extra = "" } = {}): Buffer {
  const head = Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 0xff]);
  return Buffer.concat([head, Buffer.from(extra, "latin1"), deflate(plain), uint32(crc32(plain)), uint32(plain.length)]);
}

/** Of a member, as much as gives `length` plain bytes and no more: a byte of ASCII takes eight bits, and the head of the block three. */
export function cutMember(member: Buffer, length: number): Buffer {
  return member.subarray(0, 10 + length + 1);
}

/** One block of literals in the fixed code (RFC 1951 3.2.6): nothing in it can be taken for the text that it is of. */
function deflate(plain: Uint8Array): Buffer {
  const bits = new Bits();
  bits.write(0b110, 3);
  for (const byte of plain) {
    if (byte < 144) bits.write(0x30 + byte, 8);
    else bits.write(0x190 + byte - 144, 9);
  }
  bits.write(0, 7);
  return bits.bytes;
}

/** Bits as deflate has codes: the highest of each comes first, and fills its byte from the lowest up. */
class Bits {
  readonly #bytes: number[] = [];
  #count = 0;

  write(code: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit--) {
      const at = this.#count >> 3;
      this.#bytes[at] = (this.#bytes[at] ?? 0) | (((code >> bit) & 1) << (this.#count & 7));
      this.#count++;
    }
  }

  get bytes(): Buffer {
    return Buffer.from(this.#bytes);
  }
}

/** A Zstandard frame (RFC 8878). */
export function zstdFrame(plain: Uint8Array, { hasSize = true, hasChecksum = true } = {}): Buffer {
  const { ZSTD_c_contentSizeFlag: size, ZSTD_c_checksumFlag: checksum } = constants;
  return zstdCompressSync(plain, { params: { [size]: Number(hasSize), [checksum]: Number(hasChecksum) } });
}

/** A frame that says that it needs the dictionary of that number. */
export function dictionaryFrame(plain: Uint8Array, dictionary: number): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa3]);
  return Buffer.concat([head, uint32(dictionary), uint32(plain.length), uint32((plain.length << 3) | 1).subarray(0, 3), plain]);
}

/** A frame that decoders pass over (RFC 8878 3.1.2); of kind 13 it holds a dictionary, as warc-zstd has it. */
export function skippableFrame(kind: number, data: Uint8Array): Buffer {
  return Buffer.concat([uint32(0x184d2a50 + kind), uint32(data.length), data]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
