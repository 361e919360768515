import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fixture } from "../../test/fixture.ts";

const main = join(import.meta.dirname, "main.ts");

describe("the command", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "warc-command-"));
    writeFileSync(join(folder, "sound.warc.gz"), fixture("example.warc.gz"));
    writeFileSync(join(folder, "clipped.warc.gz"), fixture("clipped.warc.gz"));
  });
  after(() => rm(folder, { recursive: true }));

  function warc(args: readonly string[], input?: Uint8Array) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
      cwd: folder,
      input,
      encoding: "utf8",
      timeout: 60_000,
    });
    return { status, stderr, lines: stdout.split("\n").filter(Boolean) };
  }

  test("ls --json prints an object a record with the frozen fields, and exits 0 for a sound file", () => {
    const { status, lines } = warc(["ls", "--json", "sound.warc.gz"]);
    assert.equal(status, 0);
    const records = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      records.map(({ offset, length, type }) => [offset, length, type]),
      [
        [0, 353, "warcinfo"],
        [353, 431, "warcinfo"],
        [784, 1228, "response"],
        [2012, 609, "request"],
        [2621, 586, "revisit"],
        [3207, 609, "request"],
      ],
    );
    const frozen = [
      "file",
      "offset",
      "length",
      "plainOffset",
      "plainLength",
      "version",
      "type",
      "targetUri",
      "recordId",
      "date",
      "contentType",
      "contentLength",
    ];
    for (const name of [...frozen, "blockDigest", "payloadDigest", "truncated"]) assert.ok(name in records[2], name);
    assert.equal(records[2].file, "sound.warc.gz");
  });

  test("validate --json prints an object a finding and one with the counts, and exits 1 for a file that is cut", () => {
    const { status, lines } = warc(["validate", "--json", "sound.warc.gz", "clipped.warc.gz"]);
    assert.equal(status, 1);
    const objects = lines.map((line) => JSON.parse(line));
    for (const finding of objects.slice(0, -1))
      for (const name of ["code", "severity", "file", "record", "offset", "plainOffset", "message", "clause"])
        assert.ok(name in finding, name);
    assert.ok(objects.some(({ code, file }) => code === "GZIP_CUT" && file === "clipped.warc.gz"));
    assert.deepEqual(objects.at(-1), { records: 7, findings: objects.length - 1, complete: false });
  });

  test("standard input is read as a file is", () => {
    const { status, lines } = warc(["ls", "-"], fixture("example.warc"));
    assert.equal(status, 0);
    assert.equal(lines.length, 6);
  });

  test("show prints the record at an offset as it is stored", () => {
    const { status, lines } = warc(["show", "sound.warc.gz:784"]);
    assert.equal(status, 0);
    assert.equal(lines[1]?.trim(), "WARC-Target-URI: http://example.com/");
  });

  test("head prints as many headers as are asked for", () => {
    const { lines } = warc(["head", "-n", "2", "sound.warc.gz"]);
    assert.deepEqual(
      lines.filter((line) => line.startsWith("==>")),
      ["==> sound.warc.gz:0 <==", "==> sound.warc.gz:353 <=="],
    );
  });

  test("a file that is not there, and a word that is no command, are wrong usage", () => {
    const missing = warc(["ls", "nowhere.warc", "sound.warc.gz"]);
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /Cannot read nowhere.warc: ENOENT.* \(CANNOT_READ\)\nFix: /);
    assert.equal(missing.lines.length, 6, "the other file is listed");
    const head = warc(["head", "-n", "1", "nowhere.warc", "sound.warc.gz"]);
    assert.deepEqual([head.status, head.lines[0]], [2, "==> sound.warc.gz:0 <=="]);
    assert.equal(warc(["lst", "sound.warc.gz"]).status, 2);
    assert.equal(warc(["ls"]).status, 2);
  });

  test("--version prints the version of the package", () => {
    const { status, lines } = warc(["--version"]);
    assert.equal(status, 0);
    assert.match(lines[0] ?? "", /^\d+\.\d+\.\d+$/);
  });

  test("what the system refuses is told with its code and a way out", () => {
    const { status, stderr } = warc(["recompress", "sound.warc.gz", "--to", "plain", "-o", "nowhere/a.warc"]);
    assert.equal(status, 2);
    assert.match(stderr, /^Cannot go on: .*nowhere\/a\.warc.* \(ENOENT\)\nFix: .*folder/);
  });
});
