import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fixture, fixtures } from "../../test/fixture.ts";

const main = join(import.meta.dirname, "main.ts");

describe("many files", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "warc-files-"));
    cpSync(fixtures, folder, { recursive: true });
    mkdirSync(join(folder, "below"));
    writeFileSync(join(folder, "below/a.warc.gz"), fixture("example.warc.gz"));
    writeFileSync(join(folder, "below/[1].warc"), fixture("example.warc"));
    // As many lines as leave the buffer of a pipe, in the file whose turn is last.
    writeFileSync(join(folder, "many.warc.gz"), Buffer.concat(Array.from({ length: 300 }, () => fixture("example.warc.gz"))));
  });
  after(() => rm(folder, { recursive: true }));

  function warc(args: readonly string[]) {
    return spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8", timeout: 60_000, maxBuffer: 1 << 26 });
  }

  test("give in threads what they give one after another", () => {
    for (const command of [["ls", "--json"], ["validate"]]) {
      const inTurn = warc([...command, "-j", "1", "*", "nowhere.warc", "below/*"]);
      const inThreads = warc([...command, "-j", "3", "*", "nowhere.warc", "below/*"]);
      assert.equal(inTurn.status, 2);
      assert.deepEqual([inThreads.status, inThreads.stdout], [inTurn.status, inTurn.stdout]);
      assert.equal(inThreads.stderr, inTurn.stderr);
      assert.ok(inTurn.stdout.length > 1000);
    }
  });

  test("are named by a pattern that the shell has left as it is", () => {
    const { stdout } = warc(["ls", "{example,post-test}.warc.gz"]);
    const named = new Set(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(":")[0]),
    );
    assert.deepEqual([...named], ["example.warc.gz", "post-test.warc.gz"]);
    assert.equal(warc(["ls", "below/[1].warc"]).status, 0, "a file that is there is no pattern");
  });

  test("without those that cannot be read, each told with a way out", () => {
    const { status, stdout, stderr } = warc(["ls", "below", "*.nothing", "example.warc"]);
    assert.equal(status, 2);
    assert.match(stderr, /Cannot read below: it is a folder \(CANNOT_READ\)\nFix: .*'below\/\*\.warc\.gz'/);
    assert.match(stderr, /Cannot read \*\.nothing: no file matches it \(CANNOT_READ\)\nFix: /);
    assert.equal(stdout.trimEnd().split("\n").length, 6);
  });

  test("show no progress where there is no terminal", () => {
    assert.equal(warc(["ls", "many.warc.gz"]).stderr, "");
  });

  test("are read by a number of threads, and by nothing else", () => {
    const { status, stderr } = warc(["ls", "-j", "two", "example.warc"]);
    assert.equal(status, 2);
    assert.match(stderr, /0 for as many as there are processors/);
  });
});
