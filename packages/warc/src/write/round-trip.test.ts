import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { WARCParser } from "warcio";
import { openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import { checkFields } from "../read/check-fields.ts";
import { readRecords } from "../read/read-records.ts";
import { buildRecord } from "./build-record.ts";
import { formatHead, type NamedValue, type Version } from "./head.ts";
import type { NewRecord } from "./new-record.ts";
import { type Packing, packRecord } from "./pack-record.ts";

const version = fc.constantFrom<Version>("1.0", "1.1");
const packing = fc.constantFrom<Packing>({ kind: "plain" }, { kind: "gzip" }, { kind: "gzip", level: 1 }, { kind: "zstd" });
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  // What looks like records, within one.
  fc.constantFrom("", "\r\n\r\n", "WARC/1.0\r\nContent-Length: 3\r\n\r\n", "\r\n\r\nWARC/1.1\r\n\r\n").map((text) => Buffer.from(text)),
);
const id = fc.uuid().map((uuid) => `<urn:uuid:${uuid}>`);
const every = { date: fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }), id, block: bytes };
const text = fc.string({ unit: "grapheme", maxLength: 30 }).filter((value) => !/[\p{Cc}\p{Cs}]/u.test(value) && value.trim() === value);
const name = fc.stringMatching(/^X-[A-Za-z0-9-]{1,12}$/);
const body = fc.uint8Array({ maxLength: 300 });
const chunked = body.map((data) => {
  const middle = data.length >> 1;
  const chunks = [data.subarray(0, middle), data.subarray(middle)].filter(({ length }) => length > 0);
  const coded = chunks.flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]);
  return Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), ...coded, Buffer.from("0\r\n\r\n")]);
});
const whole = body.map((data) => Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${data.length}\r\n\r\n`), data]));

const uri = fc.webUrl({ withQueryParameters: true, withFragments: true }).filter((url) => !/[<>\s]/.test(url));
const request = body.map((data) => Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\nContent-Length: ${data.length}\r\n\r\n`), data]));
const response = fc.oneof(chunked, whole);

interface Parts {
  readonly request: fc.Arbitrary<Uint8Array>;
  readonly response: fc.Arbitrary<Uint8Array>;
  /** Of extension fields. */
  readonly value: fc.Arbitrary<string>;
}

function recordsWith(parts: Parts): fc.Arbitrary<NewRecord[]> {
  const type = <Type extends NewRecord["type"]>(value: Type) => fc.constant(value);
  const record: fc.Arbitrary<NewRecord> = fc.oneof(
    fc.record({ ...every, type: type("warcinfo"), filename: fc.constant("a.warc") }),
    fc.record({ ...every, type: type("response"), targetUri: uri, block: parts.response, ipAddress: fc.ipV4() }),
    fc.record({ ...every, type: type("request"), targetUri: uri, block: parts.request }),
    fc.record({ ...every, type: type("metadata"), concurrentTo: fc.array(id, { maxLength: 3 }) }),
    fc.record({ ...every, type: type("continuation"), targetUri: uri, segmentNumber: fc.integer({ min: 2 }), segmentOriginId: id }),
    fc.record({
      ...every,
      type: type("resource"),
      targetUri: uri,
      contentType: fc.constant("text/plain"),
      extensions: fc.array(fc.tuple(name, parts.value), { maxLength: 4 }),
    }),
    fc.record({
      ...every,
      type: type("revisit"),
      profile: fc.constant("server-not-modified" as const),
      targetUri: uri,
      block: parts.response,
    }),
  );
  return fc.array(record, { minLength: 1, maxLength: 4 });
}

test("what is written, read and written again is the same to the byte, and has nothing wrong", async () => {
  // Blocks that should be HTTP messages may be anything.
  const records = recordsWith({ request: fc.oneof(bytes, request), response: fc.oneof(bytes, response), value: text });
  await fc.assert(
    fc.asyncProperty(records, version, packing, async (news, in_, as) => {
      const first = await archive(news, in_, as);
      const again: Uint8Array[] = [];
      const findings: string[] = [];
      for await (const read of readRecords(first, { report: ({ message }) => findings.push(message) })) {
        findings.push(...checkFields(read).map(({ message }) => message));
        for await (const piece of packRecord(read, as)) again.push(piece);
      }
      assert.deepEqual(findings, []);
      assert.ok(Buffer.concat(again).equals(first));
    }),
    { numRuns: 150 },
  );
});

test("any fields at all come back as they were given", async () => {
  const fields = fc.array(fc.tuple(fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/), text), { maxLength: 8 });
  const isOurs = ([given]: NamedValue) => given.toLowerCase() !== "content-length";
  await fc.assert(
    fc.asyncProperty(fields, bytes, async (list, block) => {
      const all: NamedValue[] = [...list.filter(isOurs), ["Content-Length", String(block.length)]];
      const packed: Uint8Array[] = [];
      const writable = { format: "warc", head: formatHead("1.1", all), contentLength: block.length, block } as const;
      for await (const piece of packRecord(writable, { kind: "plain" })) packed.push(piece);
      let count = 0;
      for await (const read of readRecords(Buffer.concat(packed))) {
        assert.deepEqual(
          read.fields.list.map((field) => [field.name, field.value]),
          all.map((field) => [...field]),
        );
        assert.ok((await collect(read.block)).equals(block));
        count++;
      }
      assert.equal(count, 1);
    }),
    { numRuns: 150 },
  );
});

test("warcio.js reads what is written, with the same fields and payloads", async () => {
  // Of blocks that should be HTTP messages, and are none, it takes bytes of the next record; it reads some UTF-8 as Latin-1.
  const records = recordsWith({ request, response, value: text.filter((value) => /^[ -~]*$/.test(value)) });
  const gzipOrPlain = fc.constantFrom<Packing>({ kind: "gzip" }, { kind: "plain" });
  await fc.assert(
    fc.asyncProperty(records, version, gzipOrPlain, async (news, in_, as) => {
      const written = await archive(news, in_, as);
      const ours = readRecords(written);
      for await (const theirs of new WARCParser(new Blob([Uint8Array.from(written)]).stream())) {
        const { value: read } = await ours.next();
        assert.ok(read);
        assert.equal(theirs.warcHeaders.statusline, `WARC/${in_}`);
        for (const field of read.fields)
          if (read.fields.all(field.name).length === 1) assert.equal(theirs.warcHeader(field.name) ?? "", field.value, field.name);
        const kind = theirs.httpHeaders ? messageKind(read) : undefined;
        const payload = kind ? (await openMessage(read.block, kind)).decoded() : read.block;
        assert.ok((await collect(payload)).equals(await theirs.readFully(true)));
      }
      assert.equal((await ours.next()).done, true);
    }),
    { numRuns: 60 },
  );
});

async function archive(news: readonly NewRecord[], in_: Version, as: Packing): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (const each of news) {
    await using built = await buildRecord(each, { version: in_ });
    for await (const piece of packRecord(built, as)) parts.push(piece);
  }
  return Buffer.concat(parts);
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
