import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fixture } from "../../test/fixture.ts";
import { parseDigest } from "../digest/labelled-digest.ts";
import { checkDigests } from "../http/check-digests.ts";
import { messageKind } from "../http/message-kind.ts";
import { checkFields } from "../read/check-fields.ts";
import { readRecords } from "../read/read-records.ts";
import { type BuildOptions, buildRecord } from "./build-record.ts";
import type { NewRecord } from "./new-record.ts";
import { packRecord } from "./pack-record.ts";
import { spool as spoolOfBrowser } from "./platform-spool-web.ts";
import { warcFields } from "./warc-fields.ts";

const date = new Date("2026-11-25T10:11:12.345Z");
const targetUri = "http://example.com/";
const block = Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
const id = "<urn:uuid:00000000-0000-4000-8000-000000000000>";
const headOnly = Buffer.from("HTTP/1.1 304 Not Modified\r\n\r\n");

/** One of each type, with all that it may have. */
const all: readonly NewRecord[] = [
  { type: "warcinfo", date, block: warcFields([["software", "fettle"]]), filename: "a.warc", truncated: "time" },
  {
    type: "response",
    date,
    targetUri,
    block,
    ipAddress: "::1",
    concurrentTo: [id, id],
    segmentNumber: 1,
    identifiedPayloadType: "text/plain",
  },
  { type: "request", date, targetUri, block: Buffer.from("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"), warcinfoId: id },
  {
    type: "resource",
    date,
    targetUri: "file:///a",
    block,
    contentType: "text/html",
    extensions: [
      ["X-A", "1"],
      ["X-A", "2"],
    ],
  },
  { type: "metadata", date, block: warcFields([["via", targetUri]]), refersTo: id, concurrentTo: id },
  {
    type: "revisit",
    profile: "identical-payload-digest",
    payloadDigest: "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
    date,
    targetUri,
    block: headOnly,
    refersTo: id,
    refersToTargetUri: targetUri,
    refersToDate: date,
  },
  { type: "revisit", profile: "server-not-modified", date, targetUri, block: headOnly },
  { type: "conversion", date, targetUri, block, contentType: "text/plain", refersTo: id },
  { type: "continuation", date, targetUri, block, segmentNumber: 2, segmentOriginId: id, segmentTotalLength: 300 },
  { type: "response", date, targetUri: "dns:example.com", block: Buffer.from("20261125\n"), contentType: "text/dns" },
];

describe("a record that is made", () => {
  for (const version of ["1.0", "1.1"] as const)
    for (const record of all)
      test(`keeps to the standard: ${record.type} ${"profile" in record ? record.profile : ""}, ${version}`, async () => {
        const { read, bytes, findings, checks } = await write(record, { version });
        assert.deepEqual([...findings, ...checkFields(read)], []);
        assert.equal(checks.block.result, "ok");
        assert.equal(read.version, version);
        assert.equal(read.type, record.type);
        assert.equal(read.date, version === "1.0" ? "2026-11-25T10:11:12Z" : "2026-11-25T10:11:12.345Z");
        assert.match(read.id ?? "", /^<urn:uuid:[0-9a-f-]{36}>$/);
        assert.ok(bytes.equals(record.block as Uint8Array));
      });

  test("has a payload digest of the body without its chunks, or of a block that is no message", async () => {
    for (const digest of ["sha1", "sha256", "sha512", "blake3"] as const) {
      const [response, resource] = await Promise.all([write(all[1], { digest }), write(all[3], { digest })]);
      assert.deepEqual([response.checks.payload.result, resource.checks.payload.result], ["ok", "ok"]);
      assert.equal("convention" in response.checks.payload && response.checks.payload.convention, "entity");
      assert.equal(resource.read.fields.get("WARC-Payload-Digest"), resource.read.fields.get("WARC-Block-Digest"));
    }
    const { read } = await write(all[1]);
    const payload = parseDigest(read.fields.get("WARC-Payload-Digest") ?? "");
    assert.deepEqual(payload.kind === "digest" && Buffer.from(payload.bytes), createHash("sha1").update("hello").digest());
  });

  test("has the digests that others wrote of the same block", async () => {
    let compared = 0;
    for (const name of ["example.warc", "post-test.warc.gz"])
      for await (const record of readRecords(fixture(name))) {
        if (record.type !== "response" && record.type !== "request") continue;
        const made = await buildRecord({ type: record.type, date, targetUri: record.targetUri ?? "", block: record.block });
        for (const field of ["WARC-Block-Digest", "WARC-Payload-Digest"]) {
          if (record.fields.get(field) === undefined) continue;
          assert.equal(made.fields.get(field), record.fields.get(field));
          compared++;
        }
      }
    assert.ok(compared > 8, `${compared} digests`);
  });

  test("is the same of a stream as of bytes, however large, and leaves no file of it", async (context) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "build-"));
    const { TMPDIR } = process.env;
    process.env["TMPDIR"] = folder.path;
    context.after(() => Object.assign(process.env, { TMPDIR: TMPDIR ?? "/tmp" }));
    for (const size of [0, 1, 1 << 20, 3_000_001]) {
      const bytes = Buffer.alloc(size, "0123456789");
      const ofBytes = await write({ type: "resource", date, id, targetUri, contentType: "text/plain", block: bytes });
      const ofStream = await write({ type: "resource", date, id, targetUri, contentType: "text/plain", block: new Blob([bytes]).stream() });
      assert.ok(ofStream.bytes.equals(bytes));
      assert.deepEqual(ofStream.read.head, ofBytes.read.head);
    }
    assert.deepEqual(readdirSync(folder.path), []);
  });

  test("fails with what its stream fails with, and leaves nothing", async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(2 << 20);
      throw new Error("the server hung up");
    }
    await assert.rejects(write({ type: "metadata", date, block: failing() }), /the server hung up/);
  });

  test("is refused where a value is not what the standard wants", async () => {
    const good: NewRecord = { type: "resource", date, targetUri, contentType: "text/plain", block };
    const wrong: readonly [Partial<NewRecord>, string][] = [
      [{ targetUri: "http://a b/" }, "BAD_FIELD"],
      [{ targetUri: "" }, "BAD_FIELD"],
      [{ id: "urn:uuid:1" }, "BAD_FIELD"],
      [{ date: "yesterday" }, "BAD_FIELD"],
      [{ date: new Date(Number.NaN) }, "BAD_FIELD"],
      [{ contentType: "text" }, "BAD_FIELD"],
      [{ extensions: [["Content-Length", "1"]] }, "BAD_FIELD_NAME"],
      [{ extensions: [["X", "a\r\nb"]] }, "CONTROL_CHARACTER"],
    ];
    for (const [change, code] of wrong) await assert.rejects(write({ ...good, ...change } as NewRecord), { code }, JSON.stringify(change));
  });
});

test("a browser holds a stream, and says how much it can", async () => {
  const held = await spoolOfBrowser(new Blob(["hello"]).stream() as unknown as AsyncIterable<Uint8Array>);
  assert.equal(Buffer.from(held.bytes as Uint8Array).toString(), "hello");
  const mebibyte = new Uint8Array(1 << 20);
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield mebibyte;
  }
  await assert.rejects(spoolOfBrowser(endless()), { code: "STREAM_TOO_LONG" });
});

/** Not run: what the compiler refuses. */
export const refused: readonly NewRecord[] = [
  // @ts-expect-error: every record has a date
  { type: "metadata", block },
  // @ts-expect-error: a response has a target URI
  { type: "response", date, block },
  // @ts-expect-error: a resource says what it is
  { type: "resource", date, targetUri, block },
  // @ts-expect-error: a warcinfo is of no URI
  { type: "warcinfo", date, block, targetUri },
  // @ts-expect-error: a filename is for a warcinfo
  { type: "metadata", date, block, filename: "a.warc" },
  // @ts-expect-error: a conversion has nothing concurrent to it
  { type: "conversion", date, targetUri, contentType: "text/plain", block, concurrentTo: id },
  // @ts-expect-error: a response refers to no other record
  { type: "response", date, targetUri, block, refersTo: id },
  // @ts-expect-error: a payload that is said to be the same has a digest
  { type: "revisit", profile: "identical-payload-digest", date, targetUri, block },
  // @ts-expect-error: a revisit has a profile
  { type: "revisit", date, targetUri, block },
  // @ts-expect-error: a profile is for a revisit
  { type: "response", profile: "server-not-modified", date, targetUri, block },
  // @ts-expect-error: a continuation has a number
  { type: "continuation", date, targetUri, block, segmentOriginId: id },
  // @ts-expect-error: a first segment is number 1
  { type: "response", date, targetUri, block, segmentNumber: 2 },
  // @ts-expect-error: a total length is in the last segment
  { type: "response", date, targetUri, block, segmentTotalLength: 5 },
  // @ts-expect-error: the payload digest of a response is computed
  { type: "response", date, targetUri, block, payloadDigest: "sha1:A" },
  // @ts-expect-error: metadata have no payload
  { type: "metadata", date, block, identifiedPayloadType: "text/plain" },
];

async function write(record: NewRecord | undefined, options?: BuildOptions) {
  assert.ok(record);
  await using built = await buildRecord(record, options);
  const packed: Uint8Array[] = [];
  for await (const piece of packRecord(built, { kind: "gzip" })) packed.push(piece);
  const findings: string[] = [];
  for await (const read of readRecords(Buffer.concat(packed), { report: ({ code }) => findings.push(code) })) {
    const pieces: Uint8Array[] = [];
    for await (const piece of read.block) pieces.push(piece);
    await read.end();
    assert.deepEqual(read.fields.list, built.fields.list);
    const declared = {
      block: read.fields.get("WARC-Block-Digest"),
      payload: read.fields.get("WARC-Payload-Digest"),
      message: messageKind(read),
      isElsewhere: false,
    };
    return { read, bytes: Buffer.concat(pieces), findings, checks: await checkDigests(pieces, declared) };
  }
  return assert.fail("no record was read");
}
