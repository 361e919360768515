import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { fixture } from "../../test/fixture.ts";
import { sample, truths, withoutSamples } from "../../test/samples.ts";
import { readRecords } from "../read/read-records.ts";
import { ArchiveSink } from "./archive-sink.ts";
import { diagnose, type MendOptions, mend } from "./mend.ts";
import type { MendFinding } from "./mended.ts";
import { packingOf } from "./packing-of.ts";

const block = "hello, world";
const resource = (changes = "", length: number | string = block.length) =>
  `WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:6d4b4a4c-0000-4000-8000-000000000001>\r\nWARC-Date: 2024-01-01T00:00:00Z\r\nWARC-Target-URI: http://a/\r\nContent-Type: text/plain\r\n${changes}Content-Length: ${length}\r\n\r\n`;
const digest = "WARC-Block-Digest: sha1:W7RD5QU26IVQWTSB3IY6Q2GVOITBEHEE\r\n";
const sound = `${resource()}${block}\r\n\r\n`;
const other = sound.replace("000001>", "000002>");

/** What is damaged, what becomes of it, and what is put beside. */
const damages: Readonly<Record<string, readonly [damaged: string, mended: string, apart?: string]>> = {
  "line ends that are LF": [`${resource().replaceAll("\r\n", "\n")}${block}\r\n\r\n${other}`, sound + other],
  "a folded field": [`${resource("X: a\r\n b\r\n")}${block}\r\n\r\n`, `${resource("X: a b\r\n")}${block}\r\n\r\n`],
  "a space before a colon": [`${resource("X : a\r\n")}${block}\r\n\r\n`, `${resource("X: a\r\n")}${block}\r\n\r\n`],
  "a line without colon": [`${resource("oops\r\n")}${block}\r\n\r\n`, sound, "oops\r\n"],
  "a version line in lower case": [sound.replace("WARC/1.1", "warc/1.1"), sound],
  "angle brackets": [sound.replace("http://a/", "<http://a/>"), sound],
  "a space in the target": [sound.replace("http://a/", "http://a/ b"), sound.replace("http://a/", "http://a/%20b")],
  "an id without brackets": [sound.replace(/<(urn.*)>/, "$1"), sound],
  "an empty field": [`${resource("WARC-IP-Address:\r\n")}${block}\r\n\r\n`, sound],
  "a field that stands there twice": [`${resource("WARC-Date: 2024-01-01T00:00:00Z\r\n")}${block}\r\n\r\n`, sound],
  "no trailer": [`${resource()}${block}${other}`, sound + other],
  "half a trailer": [`${resource()}${block}\r\n${other}`, sound + other],
  "a long trailer": [`${sound}\r\n\r\n\r\n${other}`, sound + other],
  "no length": [`${resource().replace(/Content-Length.*\r\n/, "")}${block}\r\n\r\n${other}`, sound + other],
  "a length that is no number": [`${resource("", "many")}${block}\r\n\r\n${other}`, sound + other],
  "a length that is too small": [`${resource("", 3)}${block}\r\n\r\n${other}`, sound + other],
  "a length that is too large by one": [`${resource("", 13)}${block}\r\n\r\n${other}`, sound + other],
  "a length that is too large by two, with a digest": [
    `${resource(digest, 14)}${block}\r\n\r\n${other}`,
    `${resource(digest)}${block}\r\n\r\n${other}`,
  ],
  "a length that is too small by one, with a digest": [
    `${resource(digest, 11)}${block}\r\n\r\n${other}`,
    `${resource(digest)}${block}\r\n\r\n${other}`,
  ],
  "a length that is too small, and a digest of nothing that is there": [
    `${resource(digest, 3)}HELLO, world\r\n\r\n${other}`,
    `${resource(digest, 3)}HEL\r\n\r\n${other}`,
    "LO, world\r\n\r\n",
  ],
  "two lengths": [
    `${resource("Content-Length: 12\r\n")}${block}\r\n\r\n`,
    `${resource("Content-Length: 12\r\n").replace(/Content-Length: 12\r\n\r\n/, "\r\n")}${block}\r\n\r\n`,
  ],
  "garbage before the first record": [`garbage\n${sound}`, sound, "garbage\n"],
  "garbage between records": [`${sound}garbage\nmore\n${other}`, sound + other, "garbage\nmore\n"],
  "garbage behind the last": [`${sound}garbage`, sound, "garbage"],
  "a block that is cut": [
    `${sound}${resource()}hello`,
    `${sound}${resource("", 5).replace("\r\n\r\n", "\r\nWARC-Truncated: unspecified\r\n\r\n")}hello\r\n\r\n`,
  ],
  "a header that is cut": [`${sound}${resource().slice(0, 90)}`, sound, resource().slice(0, 90)],
};

describe("an archive with", () => {
  for (const [what, [damaged, mended, apart = ""]] of Object.entries(damages))
    for (const packing of ["plain", "gzip"] as const)
      test(`${what}, ${packing}`, async () => {
        const found = await mendBytes(packing === "gzip" ? gzipSync(latin1(damaged)) : latin1(damaged));
        const bytes = packing === "gzip" ? gunzipSync(found.bytes) : found.bytes;
        assert.equal(bytes.toString("latin1"), mended);
        assert.equal(found.apart.toString("latin1"), apart);
        assert.deepEqual(
          (await mendBytes(found.bytes)).told.filter(({ isMended }) => isMended),
          [],
        );
      });
});

test("a mandatory field that follows from the others is written, and the same whenever it is", async () => {
  const without = sound.replace(/WARC-Record-ID.*\r\n/, "");
  const [first, second] = [await mendBytes(latin1(without)), await mendBytes(latin1(without))];
  assert.match(
    first.bytes.toString(),
    /^WARC-Record-ID: <urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>\r$/m,
  );
  assert.ok(first.bytes.equals(second.bytes));
  const request = sound.replace("WARC-Type: resource\r\n", "").replace("text/plain", "application/http; msgtype=request");
  assert.match((await mendBytes(latin1(request))).bytes.toString(), /^WARC-Type: request\r$/m);
});

test("what is not certain stays, and is told", async () => {
  for (const [code, bytes] of [
    ["MISSING_FIELD", sound.replace(/WARC-Date.*\r\n/, "")],
    ["REPEATED_FIELD", `${resource("WARC-Date: 2023-01-01T00:00:00Z\r\n")}${block}\r\n\r\n`],
    ["BAD_BLOCK_DIGEST", `${resource(digest)}HELLO, world\r\n\r\n`],
    ["BAD_FIELD", sound.replace("2024-01-01T", "2024-13-01T")],
  ] as const) {
    const { told, diagnosis } = await mendBytes(latin1(bytes));
    assert.deepEqual(
      told.map((finding) => [finding.code, finding.isMended, finding.done]),
      [[code, false, "left it as it is"]],
    );
    assert.equal(diagnosis.errorsLeft, 1);
  }
});

test("wrong digests are written anew only where that is asked for", async () => {
  const wrong = `${resource(`${digest}WARC-Payload-Digest: sha1:W7RD5QU26IVQWTSB3IY6Q2GVOITBEHEE\r\n`)}HELLO, world\r\n\r\n`;
  const { bytes, diagnosis } = await mendBytes(latin1(wrong), { fixDigests: true });
  assert.deepEqual(diagnosis, { records: 1, findings: 2, mended: 2, errorsLeft: 0 });
  assert.deepEqual((await mendBytes(bytes)).told, []);
});

test("a member that is damaged stands whole beside the archive, and what came before the damage is kept", async () => {
  const plain = latin1(`${resource("", 5000)}${"x".repeat(5000)}\r\n\r\n`);
  const { length } = plain;
  // A stored block (RFC 1951 3.2.4), and then one of a kind that there is not.
  const stored = Buffer.concat([Buffer.of(0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255), plain]);
  const damaged = Buffer.concat([Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255), stored, Buffer.alloc(20, 7)]);
  const { bytes, apart } = await mendBytes(Buffer.concat([gzipSync(latin1(sound)), damaged, gzipSync(latin1(other))]));
  assert.ok(apart.equals(damaged));
  const mended = gunzipSync(bytes).toString("latin1");
  assert.ok(mended.startsWith(sound) && mended.endsWith(other));
  assert.match(mended, /WARC-Truncated: unspecified\r\n\r\nx{4096}/);
});

test("an archive that is sound is found to be so", async () => {
  for (const name of ["example.warc", "example.warc.gz", "example-frame-per-record.warc.zst", "post-test.warc.gz"]) {
    const { diagnosis, told } = await mendBytes(fixture(name));
    assert.equal(diagnosis.mended, 0, JSON.stringify(told));
  }
});

for (const [packing, whole] of [
  ["plain", latin1(sound + other)],
  ["gzip", Buffer.concat([gzipSync(latin1(sound)), gzipSync(latin1(other))])],
] as const)
  test(`wherever an archive is cut, ${packing}, its whole records are saved, and nothing is left to mend`, async () => {
    const records = await plainRecords(whole);
    for (let length = 1; length < whole.length; length++) {
      const cut = whole.subarray(0, length);
      const present = (await plainRecords(cut)).filter((record) => records.includes(record));
      const { bytes } = await mendBytes(cut);
      assert.deepEqual((await plainRecords(bytes)).slice(0, present.length), present, `cut at ${length}`);
      const { mended } = await diagnose(asRandomAccess(bytes), async () => undefined);
      assert.equal(mended, 0, `cut at ${length}`);
    }
  });

test("every sample that is mended has nothing left that can be mended, and every record it had", { skip: withoutSamples }, async () => {
  for (const [file, truth] of truths()) {
    if (truth.compression === "lz4") continue;
    const first = await mendBytes(sample(file));
    if (first.diagnosis.mended === 0) continue;
    const second = await mendBytes(first.bytes);
    assert.deepEqual(
      second.told.filter(({ isMended }) => isMended),
      [],
      file,
    );
    const apart = first.told.filter(({ code }) => code === "HEADER_CUT").length;
    assert.equal(second.diagnosis.records, truth.records - apart, file);
  }
});

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

function asRandomAccess(bytes: Uint8Array) {
  return { size: bytes.length, read: async (offset: number, length: number) => bytes.subarray(offset, offset + length) };
}

async function mendBytes(archive: Uint8Array, options: MendOptions = {}) {
  const input = asRandomAccess(archive);
  const told: MendFinding[] = [];
  const parts: Uint8Array[] = [];
  const apart: Uint8Array[] = [];
  const into = (list: Uint8Array[]) => ({ write: async (bytes: Uint8Array) => void list.push(bytes) });
  const diagnosis = await diagnose(input, async (finding) => void told.push(finding), options);
  await mend(input, new ArchiveSink(into(parts), await packingOf(input)), async () => into(apart), options);
  return { bytes: Buffer.concat(parts), apart: Buffer.concat(apart), told, diagnosis };
}

/** The whole ones: header and block of each. */
async function plainRecords(archive: Uint8Array): Promise<readonly string[]> {
  const records: string[] = [];
  for await (const record of readRecords(archive)) {
    const parts: Uint8Array[] = [record.head];
    for await (const bytes of record.block) parts.push(bytes);
    await record.end();
    if (!record.findings.some(({ code }) => code === "HEADER_CUT" || code === "RECORD_CUT"))
      records.push(Buffer.concat(parts).toString("latin1"));
  }
  return records;
}
