import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { constants, crc32, gzipSync, zstdCompressSync } from "node:zlib";
import type { Input, RandomAccess } from "./input.ts";
import type { StorageFault } from "./piece.ts";
import { unpack } from "./unpack.ts";

const start = Buffer.from("WARC/1.1\r\n");
/** Packed, it is larger than what is unpacked at once; unpacked too. */
const large = Buffer.concat([start, randomBytes(5 << 20)]);
const small = Buffer.concat([start, Buffer.from("small")]);
/** Small when packed, and large when unpacked. */
const bomb = Buffer.concat([start, Buffer.alloc(40 << 20)]);

describe("gzip members", () => {
  test("large ones, small ones and bombs give their bytes, and their places", async () => {
    const members = [small, large, small, bomb, large, small].map((plain) => ({ plain, packed: gzipSync(plain, { level: 1 }) }));
    const file = Buffer.concat(members.map(({ packed }) => packed));
    const { found, faults } = await unpackAll(file);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      found.map(({ offset, length }) => [offset, length]),
      members.map(({ packed }, index) => [members.slice(0, index).reduce((sum, before) => sum + before.packed.length, 0), packed.length]),
    );
    for (const [index, { plain }] of members.entries()) assert.ok(found[index]?.plain.equals(plain), `member ${index}`);
  });

  test("no piece is large, however much a member unpacks to", async () => {
    for await (const batch of unpack(gzipSync(bomb), 0, ({ message }) => assert.fail(message)))
      for (const { bytes } of batch) assert.ok(bytes.length <= 1 << 20, `${bytes.length}`);
  });

  test("fields of the header are passed over", async () => {
    const header = Buffer.from([0x1f, 0x8b, 8, 4 + 8 + 16 + 2, 0, 0, 0, 0, 0, 255, 3, 0, 97, 98, 99, 110, 0, 99, 0, 1, 2]);
    const { found, faults } = await unpackAll(Buffer.concat([header, gzipSync(small).subarray(10)]));
    assert.deepEqual(faults, []);
    assert.ok(found[0]?.plain.equals(small));
  });

  test("padding, garbage and what is cut are told, and what is sound around them is given", async () => {
    const packed = gzipSync(small);
    const garbage = Buffer.from("garbage with \x1f\x8b\x08 in it", "latin1");
    const { found, faults } = await unpackAll(
      Buffer.concat([packed, Buffer.alloc(512), packed, garbage, packed, gzipSync(Buffer.alloc(0)), packed.subarray(0, -3)]),
    );
    assert.deepEqual(
      faults.map(({ code, offset }) => [code, offset]),
      [
        ["GZIP_PADDING", packed.length],
        ["GZIP_GARBAGE", 2 * packed.length + 512],
        ["GZIP_EMPTY_MEMBER", 3 * packed.length + 512 + garbage.length],
        ["GZIP_CUT", 3 * packed.length + 512 + garbage.length + 20],
      ],
    );
    assert.equal(found.filter(({ plain }) => plain.length > 0).length, 4);
  });

  test("a wrong checksum and a wrong size are told", async () => {
    const wrongSum = gzipSync(small);
    wrongSum.writeUInt32LE(crc32(Buffer.from("another")), wrongSum.length - 8);
    const wrongSize = gzipSync(small);
    wrongSize.writeUInt32LE(7, wrongSize.length - 4);
    const { faults } = await unpackAll(Buffer.concat([wrongSum, wrongSize]));
    assert.deepEqual(
      faults.map(({ code }) => code),
      ["GZIP_BAD_CRC", "GZIP_BAD_SIZE"],
    );
  });

  test("a file of nothing but false headers is read in a time that grows with its size only", async () => {
    const { faults } = await unpackAll(
      Buffer.concat(Array.from({ length: 50_000 }, () => Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 7]))),
    );
    assert.ok(faults.length > 0);
  });
});

describe("zstd frames", () => {
  const params = { [constants.ZSTD_c_checksumFlag]: 1 };
  const packed = zstdCompressSync(small, { params, pledgedSrcSize: small.length });

  test("large ones and small ones give their bytes, with extension frames between them", async () => {
    const extension = Buffer.from([0x51, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const frames = [packed, zstdCompressSync(large, { params }), packed, zstdCompressSync(bomb, { params }), packed];
    const { found, faults } = await unpackAll(Buffer.concat(frames.flatMap((frame) => [frame, extension])));
    assert.deepEqual(
      faults.map(({ code }) => code),
      [],
    );
    for (const [index, plain] of [small, large, small, bomb, small].entries())
      assert.ok(found[index]?.plain.equals(plain), `frame ${index}`);
    assert.deepEqual(
      found.map(({ length }) => length),
      frames.map((frame) => frame.length),
    );
  });

  test("a damaged frame is told, and the next one is given", async () => {
    const wrong = Buffer.from(packed);
    wrong[wrong.length - 1] = (wrong[wrong.length - 1] ?? 0) ^ 1;
    const { found, faults } = await unpackAll(Buffer.concat([wrong, packed]));
    assert.deepEqual(
      faults.map(({ code, offset }) => [code, offset]),
      [["ZSTD_DAMAGED", 0]],
    );
    assert.equal(found.at(-1)?.offset, packed.length);
  });
});

test("bytes, ranges, a web stream and a Node stream give the same", async () => {
  const file = gzipSync(small);
  const ranges: RandomAccess = { size: file.length, read: async (offset, length) => file.subarray(offset, offset + Math.min(length, 7)) };
  const { Readable } = await import("node:stream");
  const inputs: Input[] = [
    file,
    ranges,
    new Blob([file]).stream(),
    Readable.from([file.subarray(0, 9), file.subarray(9)], { objectMode: false }),
  ];
  for (const input of inputs) assert.ok((await unpackAll(input)).found[0]?.plain.equals(small));
});

test("a stream of texts is refused", async () => {
  const texts = (async function* () {
    yield "WARC/1.0" as unknown as Uint8Array;
  })();
  await assert.rejects(unpackAll(texts), { code: "NOT_BYTES" });
});

async function unpackAll(input: Input) {
  const faults: StorageFault[] = [];
  const members = new Map<unknown, { offset: number; parts: Uint8Array[]; length: () => number | undefined }>();
  for await (const batch of unpack(input, 0, (fault) => faults.push(fault)))
    for (const { bytes, offset, member } of batch) {
      const found = members.get(member) ?? { offset, parts: [], length: () => member?.length };
      members.set(member, found);
      found.parts.push(bytes);
    }
  return {
    faults,
    found: [...members.values()].map(({ offset, parts, length }) => ({ offset, plain: Buffer.concat(parts), length: length() })),
  };
}
