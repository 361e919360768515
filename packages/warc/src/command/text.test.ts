import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fixtures } from "../../test/fixture.ts";

function warc(...args: readonly string[]) {
  return spawnSync(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], { cwd: fixtures, encoding: "utf8", timeout: 60_000 });
}

function objects(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("the text of pages", () => {
  test("stands under where each is", () => {
    const { status, stdout } = warc("text", "example.warc.gz");
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^==> example\.warc\.gz:784 http:\/\/example\.com\/ <==\nExample Domain\nThis domain is established .*\nMore information\.\.\.\n$/,
    );
  });

  test("is an object a page with its title and encoding, from several files in their order", () => {
    const { stdout } = warc("text", "--json", "-j", "2", "example.arc", "example.warc.gz");
    const [first, second] = objects(stdout);
    assert.deepEqual(
      [first?.["file"], second?.["file"], second?.["title"], second?.["charset"], second?.["cut"]],
      ["example.arc", "example.warc.gz", "Example Domain", "utf-8", false],
    );
    assert.match(String(second?.["text"]), /^Example Domain\nThis domain/);
  });
});

describe("the links of pages", () => {
  test("are a line each with where they stand, and an object each, from several files in their order", () => {
    const line = "http://example.com/\ta@href\thttp://www.iana.org/domains/example\n";
    assert.equal(warc("links", "-j", "2", "example.warc", "example.warc.gz").stdout, line + line);
    assert.deepEqual(objects(warc("links", "--json", "example.warc.gz").stdout), [
      { file: "example.warc.gz", offset: 784, url: "http://example.com/", from: "a@href", link: "http://www.iana.org/domains/example" },
    ]);
  });
});
