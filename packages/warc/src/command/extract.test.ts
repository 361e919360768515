import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { fixture } from "../../test/fixture.ts";
import { fileName, numbered } from "./file-name.ts";

const names: readonly [url: string, mime: string | undefined, path: string][] = [
  ["http://example.com/", "text/html", "example.com/index.html"],
  ["http://example.com:8080/a/b.png?x=1", "image/png", "example.com_8080/a_b.png_x_1.png"],
  ["https://EXAMPLE.com/a/b.png", "text/html", "example.com/a_b.png"],
  ["http://u:p@example.com/%2e%2e/../../etc/passwd", undefined, "example.com/2e_2e_.._.._etc_passwd"],
  ["http://../../x", undefined, "other/x"],
  ["http://con/nul.txt", "text/plain", "_con/_nul.txt"],
  ["dns:example.com", "text/dns", "other/dns_example.com"],
  ["urn:x:/../..", undefined, "other/urn_x"],
  ["", undefined, "other/index"],
  [`http://a/${"x".repeat(5000)}.html`, "text/html", `a/${"x".repeat(115)}.html`],
];

describe("the name of a file", () => {
  for (const [url, mime, path] of names)
    test(`of ${url.slice(0, 60) || "no URL"}`, () => {
      const { folder, name } = fileName(url, mime);
      assert.equal(`${folder}/${name}`, path);
    });

  test("is safe whatever the URL is, and so is the same with a number", () => {
    const part = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
    const url = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.webUrl(),
      fc
        .array(fc.constantFrom("http://", "..", "/", "\\", ".", "a", "?", "\0", "~", "con"), { maxLength: 12 })
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(url, fc.constantFrom(undefined, "text/html", "__proto__"), (url, mime) => {
        const { folder, name } = fileName(url, mime);
        for (const text of [folder, name, numbered(name, "12-345")]) {
          assert.match(text, part);
          assert.ok(text.length <= 140 && !text.endsWith(".") && !/^(con|nul)(\.|$)/i.test(text), text);
        }
      }),
    );
  });
});

describe("warc extract and warc payload", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "warc-extract-"));
    for (const name of ["example.warc.gz", "example.warc", "post-test.warc.gz", "example-iana.org-chunked.warc"])
      writeFileSync(join(folder, name), fixture(name));
  });
  after(() => rm(folder, { recursive: true }));

  function warc(...args: readonly string[]) {
    return spawnSync(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], { cwd: folder, encoding: "utf8", timeout: 60_000 });
  }

  test("write each payload without its codings, numbered where names are the same, and an index of them", () => {
    const { status, stdout } = warc("extract", "--json", "-d", "out", "example.warc.gz", "example.warc", "post-test.warc.gz");
    assert.equal(status, 0);
    const index = readFileSync(join(folder, "out/index.jsonl"), "utf8");
    assert.equal(stdout, index);
    const lines = index
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ file, archive, offset }) => [file, archive, offset]),
      [
        ["example.com/index.html", "example.warc.gz", 784],
        ["example.com/index-2.html", "example.warc", 1197],
        ["httpbin.org/post.json", "post-test.warc.gz", 0],
        ["httpbin.org/post-2.json", "post-test.warc.gz", 1196],
        ["httpbin.org/post_foo_bar.json", "post-test.warc.gz", 2395],
      ],
    );
    assert.match(readFileSync(join(folder, "out/example.com/index.html"), "utf8"), /^<!doctype html>.*<\/html>\n$/s);
    assert.deepEqual(readdirSync(join(folder, "out")).sort(), ["example.com", "httpbin.org", "index.jsonl"]);
  });

  test("write into no folder that is there, and leave none that is not whole", () => {
    const before = readdirSync(folder);
    const { status, stderr } = warc("extract", "-d", ".", "example.warc");
    assert.equal(status, 2);
    assert.match(stderr, /FILE_EXISTS/);
    assert.deepEqual(readdirSync(folder), before);
  });

  test("tell a file that cannot be read, and take the others", () => {
    const { status, stderr } = warc("extract", "-d", "some", "nowhere.warc", "example.warc");
    assert.equal(status, 2);
    assert.match(stderr, /Cannot read nowhere.warc/);
    assert.ok(existsSync(join(folder, "some/example.com/index.html")));
  });

  test("print one payload, decoded or as it was sent", () => {
    assert.match(warc("payload", "example.warc.gz:784").stdout, /^<!doctype html>/);
    const chunked = warc("ls", "--json", "example-iana.org-chunked.warc")
      .stdout.split("\n")
      .map((line) => line && JSON.parse(line))
      .find(({ type }) => type === "response");
    const place = `example-iana.org-chunked.warc:${chunked.offset}`;
    const decoded = warc("payload", place).stdout;
    const raw = spawnSync(process.execPath, [join(import.meta.dirname, "main.ts"), "payload", "--raw", place], { cwd: folder });
    assert.match(decoded, /^<!doctype html>/i);
    assert.match(raw.stdout.toString("latin1", 0, 12), /^[0-9a-f]+\r\n/);
    assert.match(warc("payload", "example.warc.gz:999999").stderr, /NO_RECORD/);
  });
});
