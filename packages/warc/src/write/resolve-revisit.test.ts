import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture } from "../../test/fixture.ts";
import { sample, withoutSamples } from "../../test/samples.ts";
import { checkDigests } from "../http/check-digests.ts";
import { messageKind } from "../http/message-kind.ts";
import { checkFields } from "../read/check-fields.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { buildRecord } from "./build-record.ts";
import type { NewRecord } from "./new-record.ts";
import { bytesOfRecord, type WritableRecord } from "./record-bytes.ts";
import { resolveRevisit } from "./resolve-revisit.ts";
import type { Reference } from "./revisit-reference.ts";

const date = "2026-11-25T10:11:12Z";
const targetUri = "http://a/";
const id = "<urn:uuid:00000000-0000-4000-8000-000000000001>";
const stored = Buffer.from(
  'HTTP/1.1 200 OK\r\nETag: "1"\r\nX-Old: \xe9\x80\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  "latin1",
);
const original: NewRecord = { type: "response", id, date, targetUri, block: stored };
const identical = { type: "revisit", date, targetUri, refersTo: id, profile: "identical-payload-digest" } as const;
const hello = "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N";

describe("a revisit", () => {
  test("of the same payload is its own head and the body that was stored", async () => {
    const block = Buffer.from("HTTP/1.1 200 Fine\r\nX-New: \xe9\x80\r\nContent-Length: 5\r\n\r\n", "latin1");
    const { read, block: merged, codes, found } = await resolve({ ...identical, payloadDigest: hello, block }, original);
    assert.deepEqual(codes, []);
    assert.deepEqual(found, { profile: "identical-payload-digest", id, targetUri, date: undefined, payloadDigest: hello });
    assert.equal(
      merged.toString("latin1"),
      "HTTP/1.1 200 Fine\r\nX-New: \xe9\x80\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    );
    assert.equal(read.type, "response");
    for (const name of ["WARC-Profile", "WARC-Refers-To"]) assert.equal(read.fields.get(name), undefined);
  });

  test("without a head of its own has that of the original", async () => {
    const { block, codes } = await resolve({ ...identical, payloadDigest: hello, block: new Uint8Array(0) }, original);
    assert.deepEqual(codes, []);
    assert.ok(block.equals(stored));
  });

  test("of what is not modified is the original with the newer fields", async () => {
    const block = Buffer.from('HTTP/1.1 304 Not Modified\r\nETag: "2"\r\nContent-Length: 0\r\n\r\n');
    const revisit: NewRecord = { type: "revisit", date, targetUri, refersTo: id, profile: "server-not-modified", block };
    const { block: merged, codes } = await resolve(revisit, original);
    assert.deepEqual(codes, []);
    assert.equal(
      merged.toString("latin1"),
      'HTTP/1.1 200 OK\r\nX-Old: \xe9\x80\r\nTransfer-Encoding: chunked\r\nETag: "2"\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    );
  });

  test("of what is no HTTP message is that", async () => {
    const resource: NewRecord = { type: "resource", id, date, targetUri, contentType: "text/plain", block: Buffer.from("hello") };
    const { read, block, codes } = await resolve({ ...identical, payloadDigest: hello, block: new Uint8Array(0) }, resource);
    assert.deepEqual([read.type, read.contentType, block.toString(), codes], ["resource", "text/plain", "hello", []]);
  });

  test("whose original has another payload, or is not there, says so", async () => {
    const other = await resolve({ ...identical, payloadDigest: hello.replace("V", "W"), block: new Uint8Array(0) }, original);
    assert.deepEqual(other.codes, ["REVISIT_OTHER_PAYLOAD"]);
    const [revisit] = await open({ ...identical, payloadDigest: hello, block: new Uint8Array(0) });
    assert.ok(revisit);
    const lost = await resolveRevisit(revisit, async () => undefined);
    assert.deepEqual([lost.kind, lost.findings.map(({ code }) => code)], ["unresolved", ["REVISIT_NOT_FOUND"]]);
  });

  test("that refers to another is followed, but not round and round", async () => {
    const revisit: NewRecord = { ...identical, payloadDigest: hello, block: new Uint8Array(0) };
    const [first] = await open(revisit);
    assert.ok(first);
    let asked = 0;
    const chain = await resolveRevisit(first, async () => (await open(asked++ < 3 ? revisit : original))[0]);
    assert.equal(chain.kind, "resolved");
    const [again] = await open(revisit);
    assert.ok(again);
    const ring = await resolveRevisit(again, async () => (await open(revisit))[0]);
    assert.equal(ring.kind, "unresolved");
  });

  test("of a crawl that others made is found in it, with the payload that its digest says", async () => {
    assert.equal(await resolveAll(fixture("example.warc")), 1);
  });

  test("of a later crawl is found in the one before", { skip: withoutSamples }, async () => {
    const folder = "ukwa-webarchive-discovery/gov.uk-revisit-warcs/BL-20140325";
    const [earlier, later] = ["121225068", "122341434"].map((time) => sample(`${folder}${time}-00000-32090~opera~8443.warc.gz`));
    assert.ok(earlier && later);
    assert.equal(await resolveAll(later, earlier), 55);
  });
});

async function resolve(revisit: NewRecord, of: NewRecord) {
  const [record] = await open(revisit);
  assert.ok(record);
  let found: Reference | undefined;
  const resolved = await resolveRevisit(record, async (reference) => {
    found = reference;
    return (await open(of))[0];
  });
  assert.ok(resolved.kind === "resolved");
  const { read, block } = await readBack(resolved.record);
  return { read, block, codes: resolved.findings.map(({ code }) => code), found };
}

async function open(record: NewRecord): Promise<ArchiveRecord[]> {
  const { value } = await readRecords(await bytesOf(await buildRecord(record))).next();
  return value ? [value] : [];
}

/** Resolves every revisit of an archive by the payloads of another, and checks what is made. */
async function resolveAll(archive: Uint8Array, originals = archive): Promise<number> {
  const offsets = new Map<string | undefined, number>();
  for await (const { type, fields, offset } of readRecords(originals))
    if (type === "response") offsets.set(fields.get("WARC-Payload-Digest"), offset);
  let count = 0;
  for await (const revisit of readRecords(archive)) {
    if (revisit.type !== "revisit") continue;
    const resolved = await resolveRevisit(revisit, async ({ payloadDigest }) => {
      const offset = offsets.get(payloadDigest);
      if (offset === undefined) return undefined;
      const { value } = await readRecords(originals, { offset }).next();
      return value ?? undefined;
    });
    assert.ok(resolved.kind === "resolved", revisit.targetUri ?? "");
    assert.deepEqual(resolved.findings, []);
    await using made = resolved.record;
    const { block } = await readBack(made);
    assert.match(block.toString("latin1"), /^HTTP\/1\.[01] \d{3} /);
    count++;
  }
  return count;
}

/** What is made, written and read again, keeps to the standard, digests and all. */
async function readBack(record: WritableRecord) {
  const bytes = await bytesOf(record);
  const findings: string[] = [];
  for await (const read of readRecords(bytes, { report: ({ code }) => findings.push(code) })) {
    const block = bytes.subarray(read.head.length, -4);
    const declared = { block: read.fields.get("WARC-Block-Digest"), payload: read.fields.get("WARC-Payload-Digest") };
    const checks = await checkDigests([block], { ...declared, message: messageKind(read), isElsewhere: false });
    assert.equal(checks.block.result, "ok");
    await read.end();
    findings.push(...checkFields(read).map(({ code }) => code));
    assert.deepEqual(
      findings.filter((code) => code !== "DATE_OF_1_1"),
      [],
    );
    return { read, block };
  }
  return assert.fail("nothing was read");
}

async function bytesOf(record: WritableRecord): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of bytesOfRecord(record)) all.push(piece);
  return Buffer.concat(all);
}
