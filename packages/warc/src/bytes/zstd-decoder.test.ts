import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as fzstd from "fzstd";
import { makeCorpus } from "../../conformance/corpus.ts";
import { readOurs } from "../../conformance/read-ours.ts";
import { fixture, fixtures } from "../../test/fixture.ts";
import type { ZstdDecoder } from "./zstd-decoder.ts";

const archives = new Map<string, Uint8Array>(makeCorpus().map(({ file, bytes }) => [file, bytes]));
for (const name of readdirSync(fixtures)) archives.set(name, fixture(name));
const packed = [...archives].filter(([name]) => name.endsWith(".zst"));

const whole: ZstdDecoder = {
  decompress: (frame) => zstdDecompressSync(frame),
  decompressWithDictionary: (frame, dictionary) => zstdDecompressSync(frame, { dictionary }),
};

describe("a decoder of zstd that the caller gives", () => {
  test("reads every archive as the platform does, dictionaries and damage included", async () => {
    assert.ok(packed.length > 10);
    for (const [name, bytes] of packed) assert.deepEqual(await readOurs(bytes, whole), await readOurs(bytes), name);
  });

  test("is asked for frames of any size", async () => {
    const block = Buffer.alloc(20_000_000, "ab");
    const record = Buffer.concat([
      Buffer.from(`WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: ${block.length}\r\n\r\n`),
      block,
      Buffer.from("\r\n\r\n"),
    ]);
    const frame = zstdCompressSync(record, { params: { [constants.ZSTD_c_checksumFlag]: 1 }, pledgedSrcSize: record.length });
    const archive = Buffer.concat([frame, frame]);
    assert.deepEqual(await readOurs(archive, fzstd), await readOurs(archive));
  });

  test("that takes no dictionary says so where there is one, and what to do", async () => {
    await assert.rejects(readOurs(fixture("dictionary.warc.zst"), fzstd), { code: "NO_ZSTD_DICTIONARY", fix: /decompressWithDictionary/ });
  });

  test("is not given a frame whose dictionary the archive lacks: some would make something else of it", async () => {
    const bytes = archives.get("zstd-no-dictionary.warc.zst") ?? assert.fail();
    assert.deepEqual(await readOurs(bytes, fzstd), await readOurs(bytes));
  });
});
