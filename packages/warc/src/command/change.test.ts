import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { fixture } from "../../test/fixture.ts";

const main = join(import.meta.dirname, "main.ts");
const plain = fixture("example.warc");

describe("commands that change archives", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "warc-change-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const put = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes);
  const get = (name: string) => readFileSync(join(folder, name));
  const warc = (...args: readonly string[]): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8", timeout: 60_000 });

  test("recompress makes the name, never overwrites unasked, and tells what was wrong", () => {
    put("a.warc.gz", gzipSync(plain));
    const refused = warc("recompress", "a.warc.gz");
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /FILE_EXISTS.*\nFix: .*--force/);
    const { status, stdout } = warc("recompress", "--json", "--force", "a.warc.gz");
    assert.equal(status, 0);
    const { records, faults, verified, size } = JSON.parse(stdout);
    assert.deepEqual([records, faults, verified, size], [6, { SHARED_MEMBER: 1 }, true, get("a.warc.gz").length]);
    assert.match(warc("recompress", "a.warc.gz", "--to", "plain").stdout, /^a\.warc: 6 records/);
    assert.ok(get("a.warc").equals(plain));
    assert.deepEqual(readdirSync(folder).sort(), ["a.warc", "a.warc.gz"]);
  });

  test("recompress of a damaged archive writes nothing and says the way out", () => {
    put("a.warc", plain.subarray(0, 3000));
    const { status, stderr } = warc("recompress", "a.warc");
    assert.equal(status, 2);
    assert.match(stderr, /DAMAGED_ARCHIVE.*\nFix: .*warc mend/);
    assert.deepEqual(readdirSync(folder), ["a.warc"]);
  });

  test("mend closes what a killed writer has left, and puts what is no record beside it", () => {
    put("a.warc.gz.open", Buffer.concat([fixture("example.warc.gz"), Buffer.from("garbage")]));
    const { status, stdout } = warc("mend", "a.warc.gz.open", "--json");
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? ""), {
      records: 6,
      findings: 1,
      mended: 1,
      errorsLeft: 0,
      output: "a.warc.gz",
      garbage: "a.warc.gz.garbage",
    });
    assert.equal(get("a.warc.gz.garbage").toString(), "garbage");
    assert.deepEqual(readdirSync(folder).sort(), ["a.warc.gz", "a.warc.gz.garbage"]);
    assert.equal(warc("validate", "a.warc.gz").status, 0);
  });

  test("mend leaves an archive alone that is sound, and asks where to write", () => {
    put("a.warc.gz", fixture("example.warc.gz"));
    assert.match(warc("mend", "a.warc.gz").stderr, /NO_OUTPUT.*\nFix: Give -o OUTPUT or --in-place/);
    assert.equal(warc("mend", "a.warc.gz", "-o", "b.warc.gz").status, 0);
    assert.equal(existsSync(join(folder, "b.warc.gz")), false);
    assert.equal(warc("mend", "--in-place", "a.warc.gz").status, 0);
    assert.ok(get("a.warc.gz").equals(fixture("example.warc.gz")));
  });

  test("mend tells by its end whether an error is left", () => {
    put("a.warc.gz", fixture("clipped.warc.gz"));
    assert.equal(warc("mend", "--dry-run", "a.warc.gz").status, 1, "the digest of a record that is cut cannot be right");
    assert.equal(warc("mend", "--in-place", "--fix-digests", "a.warc.gz").status, 0);
    assert.equal(warc("validate", "a.warc.gz").status, 0);
  });

  test("convert makes the name, and the same file each time", () => {
    put("a.arc.gz", fixture("example.arc.gz"));
    assert.match(warc("convert", "a.arc.gz").stdout, /^a\.warc\.gz: 3 records/);
    const first = get("a.warc.gz");
    assert.equal(warc("convert", "--force", "a.arc.gz").status, 0);
    assert.ok(get("a.warc.gz").equals(first));
    assert.equal(warc("validate", "a.warc.gz").status, 0);
    assert.match(warc("convert", "--force", "a.warc.gz").stderr, /NOT_ARC/);
  });

  test("what is split can be merged, and what is segmented too", () => {
    put("a.warc.gz", fixture("example.warc.gz"));
    const split = warc("split", "--json", "--records", "4", "a.warc.gz");
    const parts = split.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      parts.map(({ output, records }) => [output, records]),
      [
        ["a-00001.warc.gz", 4],
        ["a-00002.warc.gz", 3],
      ],
    );
    assert.equal(JSON.parse(warc("merge", "--json", "a-*.warc.gz", "-o", "b.warc").stdout).records, 7);
    const { segmented, records, written } = JSON.parse(warc("segment", "--json", "--size", "0.5kB", "a.warc.gz", "-o", "s.warc.gz").stdout);
    assert.ok(segmented > 0 && written > records);
    assert.equal(JSON.parse(warc("merge", "--json", "--segments", "s.warc.gz", "-o", "m.warc").stdout).records, 6);
    for (const made of ["b.warc", "s.warc.gz", "m.warc"]) assert.equal(warc("validate", made).status, 0, made);
  });

  test("split makes the folder that its parts go to", () => {
    put("a.warc.gz", fixture("example.warc.gz"));
    assert.equal(warc("split", "--records", "4", "-d", "of/a", "a.warc.gz").status, 0);
    assert.deepEqual(readdirSync(join(folder, "of/a")), ["a-00001.warc.gz", "a-00002.warc.gz"]);
  });

  test("split makes all parts or none, and asks where", () => {
    put("a.warc.gz", fixture("example.warc.gz"));
    assert.match(warc("split", "a.warc.gz").stderr, /NO_LIMIT.*\nFix: /);
    assert.match(warc("split", "--size", "large", "a.warc.gz").stderr, /100MB/);
    put("a-00003.warc.gz", plain);
    assert.match(warc("split", "--records", "2", "a.warc.gz").stderr, /FILE_EXISTS/);
    assert.deepEqual(readdirSync(folder).sort(), ["a-00003.warc.gz", "a.warc.gz"]);
  });

  describe("read what they read twice from standard input too", () => {
    const piped = (input: Uint8Array, ...args: readonly string[]) =>
      spawnSync(process.execPath, [main, ...args], {
        cwd: folder,
        input,
        timeout: 60_000,
        env: { ...process.env, TMPDIR: folder, NODE_DISABLE_COMPILE_CACHE: "1" },
      });
    const sound = fixture("example.warc.gz");

    test("mend writes it out though nothing is mended, and has no place to put it back", () => {
      assert.equal(piped(plain, "mend", "-", "-o", "a.warc").status, 0);
      assert.ok(get("a.warc").equals(plain));
      assert.equal(piped(fixture("clipped.warc.gz"), "mend", "-", "--fix-digests", "-o", "b.warc.gz").status, 0);
      assert.equal(warc("validate", "b.warc.gz").status, 0);
      assert.match(String(piped(sound, "mend", "-", "--in-place").stderr), /NO_OUTPUT.*\nFix: Give -o OUTPUT,/);
      assert.deepEqual(readdirSync(folder).sort(), ["a.warc", "b.warc.gz"]);
    });

    test("split names the parts by what they are", () => {
      assert.equal(piped(sound, "split", "-", "--records", "4").status, 0);
      assert.equal(piped(plain, "split", "-", "--by", "host").status, 0);
      assert.equal(piped(fixture("example.arc.gz"), "split", "-", "--records", "9").status, 0);
      assert.deepEqual(readdirSync(folder).sort(), [
        "part-00001.arc.gz",
        "part-00001.warc.gz",
        "part-00002.warc.gz",
        "part-example.com.warc",
      ]);
    });

    test("dedupe", () => {
      put("a.warc.gz", sound);
      const { status, stdout } = piped(sound, "dedupe", "-", "a.warc.gz", "-o", "b.warc.gz", "--json");
      assert.equal(status, 0);
      assert.deepEqual(JSON.parse(String(stdout)).records, 12);
      assert.match(String(piped(fixture("example.arc.gz"), "dedupe", "-", "-o", "c.warc.gz").stderr), /standard-input: it is an ARC file/);
      assert.deepEqual(readdirSync(folder).sort(), ["a.warc.gz", "b.warc.gz"]);
    });

    test("merge of segments", () => {
      put("a.warc.gz", sound);
      assert.equal(warc("segment", "--size", "0.5kB", "a.warc.gz", "-o", "s.warc.gz").status, 0);
      const { stdout } = piped(get("s.warc.gz"), "merge", "--json", "--segments", "-", "-o", "m.warc");
      assert.equal(JSON.parse(String(stdout)).records, 6);
      assert.equal(warc("validate", "m.warc").status, 0);
    });
  });

  test("an interrupt leaves nothing behind", async () => {
    const child = spawn(process.execPath, [main, "recompress", "-", "-o", "a.warc.gz"], {
      cwd: folder,
      stdio: ["pipe", "ignore", "inherit"],
    });
    child.stdin.write(plain);
    while (!existsSync(join(folder, "a.warc.gz.open"))) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill("SIGINT");
    const [, signal] = await once(child, "exit");
    assert.equal(signal, "SIGINT");
    assert.deepEqual(readdirSync(folder), []);
  });
});
