import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crc32, gunzipSync, inflateRawSync } from "node:zlib";
import { fixture } from "../../test/fixture.ts";
import { sample, withoutSamples } from "../../test/samples.ts";
import { readRecords } from "../read/read-records.ts";
import { type Packing, packRecord, startOfFile } from "./pack-record.ts";
import { compressor as node } from "./platform-compress-node.ts";
import { compressor as web } from "./platform-compress-web.ts";
import type { WritableRecord } from "./record-bytes.ts";

const packings: readonly Packing[] = [
  { kind: "plain" },
  { kind: "gzip" },
  { kind: "gzip", level: 9 },
  { kind: "gzip", level: 0 },
  { kind: "zstd" },
  { kind: "zstd", level: 20 },
];

describe("a record that was read", () => {
  for (const name of ["example.warc", "example.warc.gz", "example.arc", "example-iana.org-chunked.warc", "post-test.warc.gz"])
    for (const packing of packings)
      test(`of ${name} is written as it was, ${packing.kind} ${"level" in packing ? packing.level : ""}`, async () => {
        const written = await repack(fixture(name), packing);
        const plain = await repack(written.bytes, { kind: "plain" });
        assert.ok(plain.bytes.equals(plainBytesOf(name)));
        assert.deepEqual(plain.findings, []);
        if (packing.kind !== "plain") assert.deepEqual(plain.lengths, written.written);
      });
});

test("a member is the same however the time is, and names no system", async () => {
  const { bytes } = await repack(fixture("example.warc"), { kind: "gzip" });
  assert.deepEqual([...bytes.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
});

for (const kind of ["gzip", "zstd"] as const)
  test(`a record that is larger than is held is one ${kind} member`, async () => {
    const bytes = Buffer.concat(await collect(packRecord(large(12), { kind })));
    const records = await repack(bytes, { kind: "plain" });
    assert.deepEqual(records.findings, []);
    assert.deepEqual(records.lengths, [bytes.length]);
    const plain = Buffer.concat(await collect(packRecord(large(12), { kind: "plain" })));
    assert.ok(records.bytes.equals(plain));
  });

test("no more is taken of a large block than is given", async () => {
  let taken = 0;
  const packed = packRecord({ ...large(40), block: counted(large(40).block, () => taken++) }, { kind: "gzip", level: 0 });
  for (let pieces = 0; pieces < 4; pieces++) await packed.next();
  await packed.return();
  assert.ok(taken > 0 && taken < 20, `${taken} of 40`);
});

test("a block that is not as long as its header says is refused", async () => {
  for (const packing of packings)
    for (const block of [Buffer.from("hell"), Buffer.from("hello!"), new Uint8Array(0)]) {
      const head = Buffer.from("WARC/1.1\r\nContent-Length: 5\r\n\r\n");
      const record: WritableRecord = { format: "warc", head, contentLength: 5, block };
      await assert.rejects(collect(packRecord(record, packing)), { code: "WRONG_LENGTH" });
    }
});

test("what a large block fails with is told to whoever packs it", async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(3 << 20);
    throw new Error("the disk is gone");
  }
  for (const packing of packings)
    await assert.rejects(collect(packRecord({ ...large(40), block: failing() }, packing)), /the disk is gone/);
  await assert.rejects(collect(web.deflateStream(failing(), 6)), /the disk is gone/);
});

test("a level that there is not, and a dictionary that is none, are refused", async () => {
  await assert.rejects(collect(packRecord(large(1), { kind: "gzip", level: 10 })), { code: "BAD_LEVEL" });
  await assert.rejects(collect(packRecord(large(1), { kind: "zstd", level: 0 })), { code: "BAD_LEVEL" });
  assert.throws(() => startOfFile({ kind: "zstd", dictionary: Buffer.from("content alone") }), { code: "BAD_DICTIONARY" });
  assert.equal(startOfFile({ kind: "zstd" }).length, 0);
});

test("a dictionary stands in front, and every frame needs it", { skip: withoutSamples }, async () => {
  const archive = sample("made-zstd/warcfile-dict-raw.warc.zst");
  const dictionary = archive.subarray(8, 8 + archive.readUInt32LE(4));
  const start = startOfFile({ kind: "zstd", dictionary });
  assert.ok(archive.subarray(0, start.length).equals(start));
  const { bytes, written } = await repack(archive, { kind: "zstd", dictionary });
  const { findings, lengths, bytes: plain } = await repack(Buffer.concat([start, bytes]), { kind: "plain" });
  assert.deepEqual([findings, lengths], [[], written]);
  assert.ok(plain.equals((await repack(archive, { kind: "plain" })).bytes));
  assert.ok((await repack(bytes, { kind: "plain" })).findings.includes("ZSTD_NO_DICTIONARY"));
  const streamed = Buffer.concat([start, ...(await collect(packRecord(large(12), { kind: "zstd", dictionary })))]);
  assert.deepEqual((await repack(streamed, { kind: "plain" })).findings, []);
});

test("a browser deflates what Node inflates, and says that it has no zstd", async () => {
  const bytes = fixture("example.warc");
  for (const compressor of [node, web]) {
    assert.ok(inflateRawSync(await compressor.deflate(bytes, 6)).equals(bytes));
    const pieces = await collect(compressor.deflateStream(large(3).block, 6));
    assert.equal(crc32(inflateRawSync(Buffer.concat(pieces))), crc32(Buffer.concat(await collect(large(3).block))));
  }
  assert.throws(() => web.zstd(bytes, { level: 3, dictionary: undefined }), { code: "NO_ZSTD" });
});

function plainBytesOf(name: string): Buffer {
  const bytes = name.endsWith(".gz") ? gunzipSync(fixture(name)) : fixture(name);
  // One line end too many stands behind its first record, and belongs to none.
  return name === "example.arc" ? Buffer.concat([bytes.subarray(0, 150), bytes.subarray(151)]) : bytes;
}

/** A record with a block of so many pieces of 100 kB, which cannot be packed much. */
function large(pieces: number) {
  const head = Buffer.from(`WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: ${pieces * 100_000}\r\n\r\n`);
  async function* block(): AsyncGenerator<Uint8Array> {
    let state = 1;
    for (let piece = 0; piece < pieces; piece++)
      yield Uint8Array.from({ length: 100_000 }, () => (state = (state * 48271) % 0x7fffffff) & 0xff);
  }
  return { format: "warc", head, contentLength: pieces * 100_000, block: block() } as const;
}

async function* counted(pieces: AsyncIterable<Uint8Array>, count: () => void): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    count();
    yield piece;
  }
}

async function repack(archive: Uint8Array, packing: Packing) {
  const parts: Uint8Array[] = [];
  const written: number[] = [];
  const lengths: (number | undefined)[] = [];
  const findings: string[] = [];
  for await (const record of readRecords(archive, { report: ({ code }) => findings.push(code) })) {
    const packed = await collect(packRecord(record, packing));
    parts.push(...packed);
    written.push(packed.reduce((sum, part) => sum + part.length, 0));
    lengths.push((await record.end()).length);
  }
  return { bytes: Buffer.concat(parts), written, lengths, findings };
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}
