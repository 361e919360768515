import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { fixture, fixtures } from "../../test/fixture.ts";

const main = join(import.meta.dirname, "main.ts");

describe("an index that the command makes", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "warc-lookup-"));
    cpSync(fixtures, join(folder, "archives"), { recursive: true });
    assert.equal(
      warc(["index", "--sort", "-o", "index.cdxj", "archives/example.warc.gz", "archives/post-test.warc.gz", "archives/example.arc"])
        .status,
      0,
    );
  });
  after(() => rm(folder, { recursive: true }));

  function warc(args: readonly string[]) {
    return spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8", timeout: 60_000 });
  }

  test("is sorted by bytes, and is not written over", () => {
    const lines = readFileSync(join(folder, "index.cdxj"), "latin1").trimEnd().split("\n");
    assert.deepEqual(lines, lines.toSorted());
    assert.equal(lines.length, 6);
    const again = warc(["index", "-o", "index.cdxj", "archives/example.warc"]);
    assert.equal(again.status, 2);
    assert.match(again.stderr, /FILE_EXISTS/);
    assert.deepEqual(readdirSync(folder).sort(), ["archives", "index.cdxj"]);
  });

  test("is refused in forms that no look-up could read", () => {
    for (const options of [
      ["--json", "--sort"],
      ["--zipnum", "x", "-o", "y"],
      ["--format", "cdx12"],
    ]) {
      const { status, stderr } = warc(["index", ...options, "archives/example.warc"]);
      assert.deepEqual([status, /USAGE/.test(stderr)], [2, true], options.join(" "));
    }
  });

  test("has the header of its format on top, whatever the order", () => {
    for (const order of [[], ["--sort"]]) {
      const { stdout } = warc(["index", "--format", "N b a V g", ...order, "archives/example.arc", "archives/example.warc.gz"]);
      const [header, first] = stdout.split("\n");
      assert.equal(header, " CDX N b a V g");
      assert.match(first ?? "", /^com,example\)\/ 20140216050221 http:\/\/example\.com\/ 151 example\.arc$/);
    }
  });

  test("finds captures by URL, by what begins with it, by host and by time", () => {
    const times = (...args: string[]) =>
      warc(["lookup", "--json", "index.cdxj", ...args])
        .stdout.split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line).timestamp);
    assert.deepEqual(times("http://www.example.com"), ["20140216050221", "20170306040206", "20170306040348"]);
    assert.deepEqual(times("http://example.com/", "--at", "2016"), ["20170306040206"]);
    assert.deepEqual(times("http://httpbin.org/po", "--prefix").length, 3);
    assert.deepEqual(times("org", "--domain").length, 3);
    const none = warc(["lookup", "index.cdxj", "http://nowhere/"]);
    assert.deepEqual([none.status, none.stdout], [0, ""]);
    assert.match(none.stderr, /There is no capture/);
  });

  test("leads to the record, also where several lie in one gzip member", () => {
    const plain = gunzipSync(fixture("example.warc.gz"));
    writeFileSync(join(folder, "archives/shared.warc.gz"), gzipSync(plain));
    warc(["index", "--force", "--sort", "-o", "shared.cdxj", "archives/shared.warc.gz"]);
    for (const index of ["index.cdxj", "shared.cdxj"]) {
      const { stdout } = warc(["lookup", "--at", "20170306040348", "--archive", "archives", index, "http://example.com/"]);
      assert.match(stdout, /^WARC\/1\.0\r\n.*\r\nWARC-Type: revisit\r\n/s, index);
      assert.ok(stdout.endsWith("\r\n\r\n"));
    }
  });

  test("is read as a cluster where it was packed into one", () => {
    assert.equal(warc(["index", "--zipnum", "cluster", "archives/example.warc.gz"]).status, 0);
    assert.deepEqual(readdirSync(join(folder, "cluster")).sort(), ["index-00000.cdx.gz", "index.idx", "index.loc"]);
    for (const cluster of ["cluster", "cluster/index.idx"])
      assert.equal(warc(["lookup", cluster, "http://example.com/"]).stdout.trimEnd().split("\n").length, 2);
  });

  test("reads no archive outside of the folder, whatever it names", () => {
    writeFileSync(join(folder, "evil.cdxj"), 'com,example)/ 20200101000000 {"offset": "0", "filename": "../index.cdxj"}\n');
    const { status, stderr } = warc(["lookup", "--archive", "archives", "evil.cdxj", "http://example.com/"]);
    assert.equal(status, 2);
    assert.match(stderr, /OUTSIDE_FOLDER/);
  });

  test("is told to be none where it is compressed, or a folder without one", () => {
    writeFileSync(join(folder, "packed.cdxj.gz"), gzipSync("com,example)/ 2020 {}\n"));
    for (const index of ["packed.cdxj.gz", "archives"]) assert.match(warc(["lookup", index, "http://a/"]).stderr, /NO_INDEX\)\nFix: /);
    assert.match(warc(["lookup", "gone.cdxj", "http://a/"]).stderr, /CANNOT_READ/);
  });
});
