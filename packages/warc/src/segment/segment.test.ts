import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { fixture } from "../../test/fixture.ts";
import { checkFields } from "../read/check-fields.ts";
import { readRecords } from "../read/read-records.ts";
import { type BuiltRecord, buildRecord } from "../write/build-record.ts";
import { type Packing, packRecord } from "../write/pack-record.ts";
import { bytesOfRecord, type WritableRecord } from "../write/record-bytes.ts";
import { mergeSegments } from "./merge-segments.ts";
import { segmentRecord } from "./segment-record.ts";

const page = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n${"0123456789".repeat(20)}`);
const plain: Packing = { kind: "plain" };

describe("the segments of a record", () => {
  test("keep to the standard, and say which they are and how long the whole is", async () => {
    const segments = await segmentsOf(await response(), 100);
    const read = await readAll(Buffer.concat(segments));
    assert.deepEqual(read.findings, []);
    assert.deepEqual(
      read.records.map(({ type, fields, block }) => [
        type,
        fields.get("WARC-Segment-Number"),
        fields.get("WARC-Segment-Total-Length"),
        fields.get("WARC-Truncated"),
        block.length,
      ]),
      [
        ["response", "1", undefined, undefined, 100],
        ["continuation", "2", undefined, undefined, 100],
        ["continuation", "3", "245", "time", 45],
      ],
    );
    for (const { fields } of read.records.slice(1))
      assert.equal(fields.get("WARC-Segment-Origin-ID"), read.records[0]?.fields.get("WARC-Record-ID"));
  });

  test("are one where the record is no longer than a segment", async () => {
    const record = await response();
    assert.deepEqual(await segmentsOf(record, 245), [await bytesOf(record)]);
    assert.equal((await segmentsOf(record, 244)).length, 2);
  });

  test("are not made of what cannot have any", async () => {
    const warcinfo = await buildRecord({ type: "warcinfo", date: new Date(), block: page });
    await assert.rejects(segmentsOf(warcinfo, 10), { code: "NOT_SEGMENTABLE", message: /lacks a target URI/ });
    for await (const record of readRecords(fixture("example.arc")))
      await assert.rejects(segmentsOf(record, 10), { code: "NOT_SEGMENTABLE" });
    const [first = Buffer.alloc(0)] = await segmentsOf(await response(), 100);
    for await (const record of readRecords(first))
      await assert.rejects(segmentsOf(record, 10), { code: "NOT_SEGMENTABLE", message: /already/ });
    for (const size of [0, -1, 1.5, Number.NaN]) await assert.rejects(segmentsOf(await response(), size), { code: "BAD_SIZE" });
  });
});

describe("merged segments", () => {
  test("are the record that was segmented, to the byte, from whatever files in whatever order", async () => {
    const original = fixture("example.warc");
    const packing = fc.constantFrom<Packing>({ kind: "plain" }, { kind: "gzip" }, { kind: "zstd" });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 40, max: 2000 }),
        packing,
        fc.integer({ min: 1, max: 4 }),
        fc.infiniteStream(fc.nat()),
        async (size, as, count, chance) => {
          const pieces: Buffer[] = [];
          for await (const record of readRecords(original)) {
            const isWhole = record.targetUri === undefined;
            pieces.push(...(await segmentsOf(record, isWhole ? 1e9 : size, as)));
          }
          const next = () => chance.next().value ?? 0;
          const shuffled = pieces.map((piece) => ({ piece, at: next() })).sort((a, b) => a.at - b.at);
          const files = Array.from({ length: count }, (): Buffer[] => []);
          for (const { piece } of shuffled) files[next() % count]?.push(piece);
          const merged = await merge(files.filter((file) => file.length > 0).map((file) => Buffer.concat(file)));
          assert.deepEqual(
            merged.codes.filter((code) => code !== "SEGMENT_ORDER"),
            [],
          );
          const wanted = await readAll(original);
          assert.deepEqual(merged.records.map(String).sort(), wanted.records.map(({ bytes }) => String(bytes)).sort());
        },
      ),
      { numRuns: 40 },
    );
  });

  test("are read piece by piece, and can be as large as one likes", async () => {
    const block = Buffer.alloc(5_000_000, "0123456789abcdef");
    await using record = await buildRecord({
      type: "resource",
      date: new Date(),
      targetUri: "file:///a",
      contentType: "text/plain",
      block,
    });
    const files = await segmentsOf(record, 2_000_000, { kind: "gzip" });
    const merged = await merge(files);
    assert.deepEqual(merged.codes, []);
    assert.ok(merged.records[0]?.equals(await bytesOf(record)));
    assert.equal(merged.records.length, 1);
  });

  test("that make no whole are given as they are, and it is said why", async () => {
    const segments = await segmentsOf(await response(), 50);
    const [one = page, two = page, three = page, four = page, five = page] = segments;
    const other = Buffer.from(String(two).replaceAll("0123456789", "9876543210"));
    const noTotal = Buffer.from(String(five).replace(/WARC-Segment-Total-Length.*\r\n/, ""));
    const wrongTotal = Buffer.from(String(five).replace("Total-Length: 245", "Total-Length: 246"));
    const cases: readonly (readonly [name: string, files: readonly Buffer[], codes: readonly string[], isMerged: boolean])[] = [
      ["all", [one, two, three, four, five], [], true],
      ["the first alone", [one], ["SEGMENT_MISSING"], false],
      ["all but the first", [two, three, four, five], ["SEGMENT_NO_ORIGIN"], false],
      ["a gap", [one, two, four, five], ["SEGMENT_MISSING"], false],
      ["two gaps", [one, three, five], ["SEGMENT_MISSING", "SEGMENT_MISSING"], false],
      ["no end", [one, two, three, four], ["SEGMENT_NO_TOTAL"], false],
      ["no total", [one, two, three, four, noTotal], ["SEGMENT_NO_TOTAL"], false],
      ["a wrong total", [one, two, three, four, wrongTotal], ["SEGMENT_WRONG_TOTAL"], false],
      ["another block than its digest says", [one, other, three, four, five], ["SEGMENT_DAMAGED"], false],
      ["out of order", [three, one, two, four, five], ["SEGMENT_ORDER"], true],
    ];
    for (const [name, files, codes, isMerged] of cases) {
      const merged = await merge([Buffer.concat(files)]);
      assert.deepEqual([name, merged.codes], [name, codes]);
      assert.deepEqual(merged.records.length, isMerged ? 1 : files.length, name);
      if (!isMerged) assert.ok(Buffer.concat(merged.records).equals(Buffer.concat(files)), name);
    }
  });

  test("are merged of the first of those that are there twice, and the other is given as it is", async () => {
    const segments = await segmentsOf(await response(), 100);
    const [, second = page] = segments;
    const merged = await merge([Buffer.concat(segments), second]);
    assert.deepEqual(merged.codes, ["SEGMENT_REPEATED"]);
    assert.deepEqual(merged.records.slice(1), [second]);
    assert.equal(merged.records.length, 2);
  });

  test("whose payload is not what the first says are merged, and it is said", async () => {
    const [first = page, ...others] = await segmentsOf(await response(), 100);
    const wrong = Buffer.from(String(first).replace(/(WARC-Payload-Digest: sha1:)[A-Z2-7]{4}/, "$1AAAA"));
    const merged = await merge([Buffer.concat([wrong, ...others])]);
    assert.deepEqual([merged.codes, merged.records.length], [["BAD_PAYLOAD_DIGEST"], 1]);
  });

  test("are found in a member that several records share, but not behind more than a few", async () => {
    const segments = await segmentsOf(await response(), 100);
    const few = await merge([gzipSync(Buffer.concat(segments))]);
    assert.deepEqual([few.codes, few.records.length], [["SHARED_MEMBER"], 1]);
    const filler = await bytesOf(await buildRecord({ type: "metadata", date: new Date(), block: page }));
    const many = await merge([gzipSync(Buffer.concat([...Array(70).fill(filler), ...segments]))]);
    assert.deepEqual(new Set(many.codes), new Set(["SHARED_MEMBER", "SEGMENT_SHARED_MEMBER"]));
    assert.equal(many.records.length, 73);
  });
});

function response(): Promise<BuiltRecord> {
  return buildRecord({ type: "response", date: "2026-11-25T10:11:12Z", targetUri: "http://a/", block: page, truncated: "time" });
}

async function segmentsOf(record: Parameters<typeof segmentRecord>[0], size: number, as = plain): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const segment of segmentRecord(record, size)) {
    const packed: Uint8Array[] = [];
    for await (const piece of packRecord(segment, as)) packed.push(piece);
    all.push(Buffer.concat(packed));
  }
  return all;
}

async function merge(files: readonly Uint8Array[]) {
  const sources = files.map((input, index) => ({ name: `file ${index}`, input }));
  const codes: string[] = [];
  const records: Buffer[] = [];
  for await (const record of mergeSegments(sources, { report: ({ code }) => codes.push(code) })) records.push(await bytesOf(record));
  return { codes, records };
}

async function bytesOf(record: WritableRecord): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of bytesOfRecord(record)) all.push(piece);
  return Buffer.concat(all);
}

async function readAll(bytes: Uint8Array) {
  const findings: string[] = [];
  const records = [];
  for await (const record of readRecords(bytes, { report: ({ code }) => findings.push(code) })) {
    const whole = await bytesOf(record);
    findings.push(...checkFields(record).map(({ code }) => code));
    records.push({ type: record.type, fields: record.fields, bytes: whole, block: whole.subarray(record.head.length, -4) });
  }
  return { findings, records };
}
