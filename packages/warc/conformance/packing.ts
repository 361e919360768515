import { constants, crc32, zstdCompressSync } from "node:zlib";

/** A gzip member (RFC 1952) of bytes stored as they are: the same on every machine, whatever its zlib is. */
export function gzipMember(plain: Uint8Array, { flags = 0, extra = "" } = {}): Buffer {
  const head = Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 0xff]);
  const block = Buffer.alloc(5);
  block.writeUInt8(1);
  block.writeUInt16LE(plain.length, 1);
  block.writeUInt16LE(~plain.length & 0xffff, 3);
  return Buffer.concat([head, Buffer.from(extra, "latin1"), block, plain, uint32(crc32(plain)), uint32(plain.length)]);
}

/** A Zstandard frame (RFC 8878) of one raw block; `dictionary` is the number of the one that it says it needs. */
export function zstdFrame(plain: Uint8Array, { hasSize = true, hasChecksum = true, dictionary = 0 } = {}): Buffer {
  const flags = (hasSize ? 0xa0 : 0) | (hasChecksum ? 4 : 0) | (dictionary ? 3 : 0);
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, flags]),
    // A frame that does not tell its size tells its window: 64 KiB.
    hasSize ? Buffer.alloc(0) : Buffer.from([6 << 3]),
    dictionary ? uint32(dictionary) : Buffer.alloc(0),
    hasSize ? uint32(plain.length) : Buffer.alloc(0),
    uint32((plain.length << 3) | 1).subarray(0, 3),
    plain,
    hasChecksum ? checksum(plain) : Buffer.alloc(0),
  ]);
}

/** A frame that decoders pass over (RFC 8878 3.1.2); of kind 13 it holds a dictionary, as warc-zstd has it. */
export function skippableFrame(kind: number, data: Uint8Array): Buffer {
  return Buffer.concat([uint32(0x184d2a50 + kind), uint32(data.length), data]);
}

/** The end of XXH64, which every frame with a checksum has as its last four bytes, however it is packed. */
function checksum(plain: Uint8Array): Buffer {
  return zstdCompressSync(plain, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }).subarray(-4);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
