import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { fixture, fixtures } from "../../test/fixture.ts";
import type { Input, RandomAccess } from "../bytes/input.ts";
import { packingOf } from "../change/packing-of.ts";
import type { Finding } from "../finding.ts";
import { readRecords } from "../read/read-records.ts";
import type { Packing } from "../write/pack-record.ts";
import { type Choose, copyChosen } from "./copy-chosen.ts";

async function copy(bytes: Uint8Array, choose: Choose, to?: Packing["kind"]): Promise<Buffer> {
  const file: RandomAccess = { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
  const from = await packingOf(file);
  const written: Uint8Array[] = [];
  await copyChosen(file, choose, {
    offset: 0,
    from,
    to: to === undefined ? from : { kind: to },
    report: () => undefined,
    write: async (piece) => written.push(Buffer.from(piece)),
  });
  return Buffer.concat(written);
}

async function read(input: Input): Promise<{ records: readonly string[]; findings: readonly string[] }> {
  const records: string[] = [];
  const findings: Finding[] = [];
  for await (const record of readRecords(input, { report: (finding) => findings.push(finding) })) {
    const block: Uint8Array[] = [];
    for await (const piece of record.block) block.push(Buffer.from(piece));
    records.push(Buffer.concat([record.head, ...block]).toString("latin1"));
  }
  return { records, findings: findings.map(({ code }) => code) };
}

const all: Choose = async () => true;
const even: Choose = async ({ number }) => number % 2 === 0;
const isExample: Choose = async ({ targetUri }) => targetUri === "http://example.com/";

describe("records that are chosen", () => {
  for (const name of ["example.warc", "example.warc.gz", "example-frame-per-record.warc.zst", "example.arc.gz", "post-test.warc.gz"])
    test(`are copied byte by byte from ${name}`, async () => {
      const bytes = fixture(name);
      assert.deepEqual(await copy(bytes, all), bytes);
      const { records } = await read(bytes);
      const some = await copy(bytes, even);
      assert.deepEqual(
        (await read(some)).records,
        records.filter((_, index) => index % 2 === 0),
      );
      assert.ok(some.length < bytes.length);
    });

  test("are packed each by itself where they share a member with others, and not where all of it is chosen", async () => {
    const shared = gzipSync(gunzipSync(fixture("example.warc.gz")));
    assert.deepEqual(await copy(shared, all), shared);
    const { records } = await read(shared);
    const some = await read(await copy(shared, isExample));
    assert.deepEqual(some, { records: records.slice(2), findings: [] });
  });

  for (const [name, to] of [
    ["example.warc", "gzip"],
    ["example.warc.gz", "plain"],
    ["example.warc.gz", "zstd"],
    ["example-frame-per-record.warc.zst", "gzip"],
  ] as const)
    test(`are sound where ${name} goes into a file that is ${to}`, async () => {
      const made = await read(await copy(fixture(name), all, to));
      assert.deepEqual(made, { records: (await read(fixture(name))).records, findings: [] });
    });

  test("are left out where they are cut, since they would swallow what comes next", async () => {
    const whole = (await read(fixture("example.warc"))).records;
    const plain = fixture("example.warc");
    assert.deepEqual(await read(await copy(plain.subarray(0, plain.length - 100), all)), { records: whole.slice(0, -1), findings: [] });
    const packed = fixture("example.warc.gz");
    assert.equal((await read(await copy(packed.subarray(0, packed.length - 100), all))).records.length, 5);
  });
});

describe("warc filter", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "warc-filter-"));
    cpSync(fixtures, folder, { recursive: true });
  });
  after(() => rm(folder, { recursive: true }));

  function warc(args: readonly string[], input?: Uint8Array) {
    return spawnSync(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], { cwd: folder, input, timeout: 60_000 });
  }

  test("writes a file of what passes from several, packed as the first is, and none over another", async () => {
    const args = ["filter", 'warc-type == "response"', "-o", "out.warc.gz", "example.warc.gz", "example.warc", "nowhere"];
    const { status, stderr } = warc(args);
    assert.equal(status, 2);
    assert.match(String(stderr), /Cannot read nowhere/);
    const { records } = await read(readFileSync(join(folder, "out.warc.gz")));
    assert.equal(records.length, 2);
    assert.equal(records[0], records[1]);
    assert.match(String(warc(args).stderr), /FILE_EXISTS/);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes("out")),
      ["out.warc.gz"],
    );
  });

  test("counts, also what does not pass, and what comes from standard input", () => {
    assert.equal(String(warc(["filter", "-c", ":status == 200", "example.warc"]).stdout), "2\texample.warc\n");
    assert.equal(String(warc(["filter", "-v", "-c", ":status == 200", "-"], fixture("example.warc.gz")).stdout), "4\t-\n");
    const { stdout } = warc(["filter", "-c", "--json", ":status == 200", "example.warc"]);
    assert.deepEqual(JSON.parse(String(stdout)), { file: "example.warc", records: 6, chosen: 2 });
  });

  test("says where a filter cannot be read", () => {
    const { status, stderr } = warc(["filter", ":status = 200", "example.warc"]);
    assert.equal(status, 2);
    assert.match(String(stderr), /at column 9:\n {2}:status = 200\n {10}\^ expected .* \(BAD_FILTER\)\nFix: /);
  });

  test("ends whatever a pattern and a value do to each other", () => {
    const uri = `http://a/${"a".repeat(4000)}`;
    writeFileSync(join(folder, "hostile.warc"), `WARC/1.1\r\nWARC-Type: x\r\nWARC-Target-URI: ${uri}\r\nContent-Length: 0\r\n\r\n\r\n\r\n`);
    assert.equal(String(warc(["filter", "-c", 'warc-target-uri =~ "http://a/(a+)+b"', "hostile.warc"]).stdout), "0\thostile.warc\n");
  });
});
