import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import type { Platform } from "./platform.ts";
import { platform as node } from "./platform-node.ts";
import { platform as web } from "./platform-web.ts";

const behind = Buffer.from("eight bytes and more behind the stream");
const text = Buffer.from(Array.from({ length: 6_000 }, (_, index) => `line ${(index * 7919) % 100_003}`).join("\n"));
const plains: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  "a byte": Buffer.from("a"),
  text,
  zeros: Buffer.alloc(70_000),
  noise: randomBytes(70_000),
};
const ways = [
  { level: 0 },
  { level: 1 },
  { level: 9 },
  { strategy: constants.Z_FIXED },
  { strategy: constants.Z_HUFFMAN_ONLY },
  { strategy: constants.Z_RLE, memLevel: 1 },
];

for (const [name, platform] of Object.entries({ node, web }) as [string, Platform][])
  describe(`the platform of ${name}`, () => {
    for (const [kind, plain] of Object.entries(plains))
      test(`unpacks ${kind}, however it was packed, and finds its end`, async () => {
        for (const way of ways) {
          const packed = deflateRawSync(plain, way);
          const input = Buffer.concat([packed, behind]);
          const whole = platform.inflate(input, 1 << 24);
          assert.ok(whole && whole !== "damaged");
          assert.equal(whole.consumed, packed.length);
          assert.ok(plain.equals(whole.plain));
          for (const size of [97, 5000, input.length]) {
            const read = await readStream(platform, input, size);
            assert.deepEqual({ how: read.how, consumed: read.consumed }, { how: "whole", consumed: packed.length });
            assert.ok(plain.equals(read.plain));
          }
        }
      });

    test("gives what there is of a stream that is cut", async () => {
      const packed = deflateRawSync(text);
      const cut = packed.subarray(0, packed.length >> 1);
      const whole = platform.inflate(cut, 1 << 24);
      assert.ok(whole && whole !== "damaged" && whole.consumed === undefined);
      assert.ok(whole.plain.length > 10_000 && text.subarray(0, whole.plain.length).equals(whole.plain));
      const read = await readStream(platform, cut, 1000);
      assert.equal(read.how, "cut");
      assert.ok(read.plain.length > 10_000 && text.subarray(0, read.plain.length).equals(read.plain));
    });

    test("gives no more than it may", () => {
      assert.equal(platform.inflate(deflateRawSync(Buffer.alloc(1 << 22)), 1 << 20), undefined);
    });

    test("takes noise for what it is, and ends", async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
          const other = node.inflate(noise, 1 << 20);
          const found = platform.inflate(noise, 1 << 20);
          // What is damaged may be told only where it is reached, and the input may end before.
          const isWhole = (each: typeof found) => each !== undefined && each !== "damaged" && each.consumed !== undefined;
          assert.equal(isWhole(found), isWhole(other));
          await readStream(platform, Buffer.from(noise), 50);
        }),
        { numRuns: 500 },
      );
    });

    test("has the checksum of RFC 1952, in parts too", () => {
      assert.equal(platform.crc32(Buffer.from("123456789")), 0xcbf43926);
      assert.equal(platform.crc32(Buffer.from("6789"), platform.crc32(Buffer.from("12345"))), 0xcbf43926);
    });
  });

async function readStream(platform: Platform, input: Buffer, size: number) {
  let at = 0;
  const stream = platform.inflateStream(async () => (at < input.length ? input.subarray(at, (at += size)) : undefined), 1 << 14);
  const pieces: Uint8Array[] = [];
  let next = await stream.next();
  for (; !next.done; next = await stream.next()) pieces.push(next.value);
  return { ...next.value, plain: Buffer.concat(pieces) };
}
