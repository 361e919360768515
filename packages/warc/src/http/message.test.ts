import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import type { Compression, Decompress, Feed } from "./compression.ts";
import { openMessage } from "./message.ts";
import { decompress as inNode } from "./platform-decompress-node.ts";
import { decompress as inBrowser } from "./platform-decompress-web.ts";

const coders: Record<Compression, (bytes: Uint8Array) => Uint8Array> = {
  gzip: gzipSync,
  deflate: deflateSync,
  "deflate-raw": deflateRawSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
};
/** Such as cannot be packed much: of what is cut off at the end little hangs. */
const page = Buffer.from(Array.from({ length: 40_000 }, (_, line) => ((line * 2654435761) % 4294967296).toString(36)).join("\n"));

async function* pieces(bytes: Uint8Array, size = 1000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(source: AsyncIterable<Uint8Array>) {
  const given: Uint8Array[] = [];
  for await (const piece of source) given.push(piece);
  return given;
}

async function decode(fields: string, body: Uint8Array, size?: number) {
  const block = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${fields}\r\n`), body]);
  const message = await openMessage(pieces(block, size), "response");
  const decoded = Buffer.concat(await collect(message.decoded()));
  return { decoded, findings: message.findings.map(({ code }) => code) };
}

function chunk(body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")]);
}

describe("a body", () => {
  for (const [compression, encode] of Object.entries(coders)) {
    const field = `Content-Encoding: ${compression.replace("-raw", "")}\r\n`;

    test(`in ${compression} is unpacked, chunked too`, async () => {
      assert.deepEqual(await decode(field, encode(page)), { decoded: page, findings: [] });
      assert.deepEqual(await decode(`${field}Transfer-Encoding: chunked\r\n`, chunk(encode(page))), { decoded: page, findings: [] });
    });

    test(`under the label of ${compression} and without it is given as it is`, async () => {
      for (const plain of ["<html>hello</html>".repeat(300), "<", "\x00\x01"])
        assert.deepEqual(await decode(field, Buffer.from(plain)), { decoded: Buffer.from(plain), findings: ["NOT_CODED"] });
    });

    test(`in ${compression} that is cut gives the bytes so far`, async () => {
      const whole = encode(page);
      const { decoded, findings } = await decode(field, whole.subarray(0, whole.length - 20));
      assert.deepEqual(findings, ["CODING_DAMAGED"]);
      assert.ok(decoded.length > page.length / 2 && page.subarray(0, decoded.length).equals(decoded), `${decoded.length} bytes`);
    });
  }

  test("is the same in one large piece as in many small ones", async () => {
    for (const [field, encode] of [
      ["gzip", gzipSync],
      ["deflate", deflateRawSync],
      ["br", brotliCompressSync],
    ] as const)
      for (const size of [7, 1 << 30])
        assert.deepEqual(await decode(`Content-Encoding: ${field}\r\n`, encode(page), size), { decoded: page, findings: [] });
  });

  test("of no bytes needs no decoding", async () => {
    assert.deepEqual(await decode("Content-Encoding: gzip\r\n", Buffer.alloc(0)), { decoded: Buffer.alloc(0), findings: [] });
  });

  test("in several codings is freed from the last one first", async () => {
    assert.deepEqual(await decode("Content-Encoding: br, identity\r\nContent-Encoding: X-GZIP\r\n", gzipSync(brotliCompressSync(page))), {
      decoded: page,
      findings: [],
    });
  });

  test("that is chunked once and says so twice is read", async () => {
    const twice = "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n";
    assert.deepEqual(await decode(twice, chunk(page)), { decoded: page, findings: [] });
  });

  test("in a coding that nobody knows, or in a thousand, stays in it", async () => {
    assert.deepEqual(await decode("Content-Encoding: constructor\r\n", page), { decoded: page, findings: ["UNKNOWN_CODING"] });
    const thousand = `Content-Encoding: ${"gzip,".repeat(1000)}\r\n`;
    assert.deepEqual(await decode(thousand, page), { decoded: page, findings: ["TOO_MANY_CODINGS"] });
  });

  test("that unpacks to a thousand times its size is unpacked as it is asked for", async () => {
    const zeros = new Uint8Array(16 << 20);
    const before = process.memoryUsage().rss;
    for (const name of ["gzip", "br", "zstd"] as const) {
      const block = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: ${name}\r\n\r\n`), coders[name](zeros)]);
      const message = await openMessage([block], "response");
      let length = 0;
      for await (const piece of message.decoded()) if ((length += piece.length) > 4 << 20) break;
      assert.ok(length > 4 << 20);
    }
    assert.ok(process.memoryUsage().rss - before < 256 << 20);
  });

  test("can be left in the middle, and its source is closed", async () => {
    let closed = false;
    async function* endless() {
      try {
        yield Buffer.from("HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n");
        for (;;) yield deflateRawSync(Buffer.alloc(1000)).subarray(0, -1);
      } finally {
        closed = true;
      }
    }
    const message = await openMessage(endless(), "response");
    for await (const _ of message.raw()) break;
    assert.ok(closed);
  });

  test("whose source fails says so, and not that the data are damaged", async () => {
    async function* failing() {
      yield Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"), gzipSync(page).subarray(0, 5000)]);
      throw new TypeError("fetch failed");
    }
    const message = await openMessage(failing(), "response");
    await assert.rejects(collect(message.decoded()), /fetch failed/);
  });

  test("of any bytes in any coding is read without an error, and the same however it is split", async () => {
    const field = fc.constantFrom("gzip", "deflate", "br", "zstd", "gzip, br").map((coding) => `Content-Encoding: ${coding}\r\n`);
    const damaged = fc
      .tuple(fc.constantFrom(...Object.values(coders)), fc.nat({ max: 200 }), fc.nat({ max: 255 }))
      .map(([encode, at, byte]) => {
        const bytes = Uint8Array.from(encode(page.subarray(0, 2000)));
        bytes[at] = byte;
        return bytes;
      });
    await fc.assert(
      fc.asyncProperty(field, fc.oneof(fc.uint8Array(), damaged), fc.integer({ min: 1, max: 300 }), async (fields, body, size) => {
        assert.deepEqual(await decode(fields, body, size), await decode(fields, body));
      }),
      { numRuns: 150 },
    );
  });
});

describe("in a browser", () => {
  for (const compression of ["gzip", "deflate", "deflate-raw"] as const)
    test(`${compression} is unpacked as it is in Node, whole and damaged`, async () => {
      const whole = coders[compression](page);
      for (const bytes of [whole, whole.subarray(0, 5000)]) {
        const [node, browser] = [await unpack(inNode, compression, bytes), await unpack(inBrowser, compression, bytes)];
        assert.equal(browser.ending, node.ending);
        if (node.ending === "whole") assert.deepEqual(browser.plain, page);
      }
    });

  test("what its platform cannot unpack is refused in words", async () => {
    await assert.rejects(unpack(inBrowser, "zstd", coders.zstd(page)), { code: "NO_DECOMPRESSION", fix: /Node/ });
  });
});

async function unpack(decompress: Decompress, compression: Compression, bytes: Uint8Array) {
  const source = pieces(bytes);
  const feed: Feed = async () => (await source.next()).value ?? undefined;
  const given: Uint8Array[] = [];
  const unpacked = decompress(compression, feed);
  let next = await unpacked.next();
  for (; !next.done; next = await unpacked.next()) given.push(next.value);
  return { plain: Buffer.concat(given), ending: next.value };
}
