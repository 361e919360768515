import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { Finding } from "../finding.ts";
import { readRecords } from "./read-records.ts";

const text = new TextEncoder();

/** Two small records, the second with a block that has line ends and a version line's beginning in it. */
const records = ["warcinfo", "resource"].map((type, index) => {
  const block = index === 0 ? "software: x\r\n" : "WARC/ is no version\r\n\r\nline";
  const target = index === 0 ? "" : "WARC-Target-URI: urn:x:y\r\n";
  const head = `WARC/1.1\r\nWARC-Type: ${type}\r\n${target}WARC-Record-ID: <urn:x:${index}>\r\nWARC-Date: 2020-01-01T00:00:00Z\r\nContent-Type: a/b\r\n`;
  return text.encode(`${head}Content-Length: ${block.length}\r\n\r\n${block}\r\n\r\n`);
});

const arc = Buffer.from(
  "filedesc://a.arc 0.0.0.0 20200101000000 text/plain 63\n1 1 X\nURL IP-address Archive-date Content-type Archive-length\n\n\nhttp://a/ 1.2.3.4 20200101000000 text/html 5\nhello\n",
);

const files: Readonly<Record<string, Uint8Array>> = {
  "plain WARC": Buffer.concat(records),
  "a gzip member a record": Buffer.concat(records.map((record) => gzipSync(record))),
  "one gzip member": gzipSync(Buffer.concat(records)),
  "a zstd frame a record": Buffer.concat(records.map((record) => zstdCompressSync(record))),
  ARC: arc,
  "ARC in gzip": gzipSync(arc),
};

describe("a damaged file is read to its end, and whatever is wrong with it has a place", () => {
  for (const [kind, whole] of Object.entries(files)) {
    test(`${kind}: sound`, async () => {
      const { records: count, findings } = await readAll(whole);
      assert.equal(count, 2);
      assert.deepEqual(
        findings.filter(({ code }) => code !== "SHARED_MEMBER" && code !== "ZSTD_NO_CHECKSUM"),
        [],
      );
    });

    test(`${kind}: cut at every byte, at most its end is missing and that is an error`, async () => {
      for (let length = 0; length < whole.length; length++) {
        const { findings } = await readAll(whole.subarray(0, length));
        checkPlaces(findings, length);
        const isTold = findings.some(({ severity }) => severity === "error");
        assert.ok(isTold || wholeRecords(kind).includes(length), `cut at ${length} of ${whole.length}`);
      }
    });

    test(`${kind}: with any one bit wrong`, async () => {
      for (let bit = 0; bit < whole.length * 8; bit++) {
        const wrong = whole.slice();
        wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const { records: count, findings } = await readAll(wrong);
        checkPlaces(findings, whole.length);
        assert.ok(count <= 3, `bit ${bit}: ${count} records`);
      }
    });

    test(`${kind}: in pieces of one byte, it is the same`, async () => {
      assert.deepEqual(await readAll(inPieces(whole)), await readAll(whole));
    });
  }
});

test("a member that cannot be unpacked loses its record, and not the next one", async () => {
  const [first, second] = records.map((record) => gzipSync(record));
  assert.ok(first && second);
  first[20] = (first[20] ?? 0) ^ 0xff;
  const { types, findings } = await readAll(Buffer.concat([first, second]));
  assert.equal(types.at(-1), "resource");
  assert.ok(findings.some(({ code }) => code === "GZIP_DAMAGED" || code === "GZIP_BAD_CRC"));
});

test("a wrong checksum of a member is told of the record that begins in it, and of none where none does", async () => {
  const [first, second] = records.map((record) => wrongSum(gzipSync(record)));
  assert.ok(first && second);
  const none = wrongSum(gzipSync("no record"));
  const { findings } = await readAll(Buffer.concat([first, none, second, none]));
  assert.deepEqual(
    findings.filter(({ code }) => code === "GZIP_BAD_CRC").map(({ record, offset }) => [record, offset]),
    [
      [0, 0],
      [undefined, first.length],
      [1, first.length + none.length],
      [undefined, first.length + none.length + second.length],
    ],
  );
});

test("a wrong checksum is among the findings of its record", async () => {
  const [first] = records.map((record) => wrongSum(gzipSync(record)));
  assert.ok(first);
  for await (const record of readRecords(first)) {
    await record.end();
    assert.deepEqual(
      record.findings.map(({ code }) => code),
      ["GZIP_BAD_CRC"],
    );
  }
});

test("that there is no record is told within the file, though less is stored than was unpacked", async () => {
  const cut = gzipSync("no record ".repeat(100)).subarray(0, -10);
  const { findings } = await readAll(cut);
  assert.ok(findings.some(({ code }) => code === "NO_RECORDS"));
  checkPlaces(findings, cut.length);
});

function wrongSum(member: Buffer): Buffer {
  member.writeUInt32LE(7, member.length - 8);
  return member;
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1);
}

async function readAll(input: Uint8Array | AsyncIterable<Uint8Array>) {
  const findings: Finding[] = [];
  const types: (string | undefined)[] = [];
  for await (const record of readRecords(input, { report: (finding) => findings.push(finding) })) {
    types.push(record.type);
    for await (const bytes of record.block) assert.ok(bytes.length > 0);
    await record.end();
  }
  return { records: types.length, types, findings };
}

function checkPlaces(findings: readonly Finding[], length: number): void {
  for (const finding of findings) {
    assert.ok(finding.offset >= 0 && finding.offset <= length, `${finding.code} at ${finding.offset}`);
    assert.ok(Number.isSafeInteger(finding.plainOffset) && finding.plainOffset >= 0, finding.code);
    assert.ok(finding.code && finding.message && finding.clause && finding.done);
  }
}

/** Where a file can be cut and be sound: behind its first record, and in ARC also before the line end that stands between two. */
function wholeRecords(kind: string): readonly number[] {
  const first = records[0] ?? new Uint8Array(0);
  const ends: Readonly<Record<string, readonly number[]>> = {
    "plain WARC": [first.length],
    "a gzip member a record": [gzipSync(first).length],
    "a zstd frame a record": [zstdCompressSync(first).length],
    ARC: [arc.indexOf("http://") - 1, arc.indexOf("http://"), arc.length - 1],
  };
  return ends[kind] ?? [];
}
