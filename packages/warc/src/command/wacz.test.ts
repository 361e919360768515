import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fixtures } from "../../test/fixture.ts";

const main = join(import.meta.dirname, "main.ts");

describe("warc wacz", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "warc-wacz-"));
    for (const name of ["example.warc.gz", "example.arc", "valid_signed_example_1.wacz"])
      copyFileSync(join(fixtures, name), join(folder, name));
    const { privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const base64 = Buffer.from(await crypto.subtle.exportKey("pkcs8", privateKey)).toString("base64");
    writeFileSync(join(folder, "key.pem"), `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`);
  });
  after(() => rm(folder, { recursive: true }));

  function wacz(...args: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, "wacz", ...args], {
      cwd: folder,
      encoding: "utf8",
      timeout: 60_000,
    });
    return { status, stderr, lines: stdout.split("\n").filter(Boolean) };
  }

  test("makes a file, signs it, and finds it sound", () => {
    const made = wacz("create", "--json", "-o", "a.wacz", "--title", "A", "--desc", "B", "--url", "http://example.com/", "example.warc.gz");
    assert.equal(made.status, 0, made.stderr);
    const { hash, ...counts } = JSON.parse(made.lines[0] ?? "");
    assert.deepEqual(counts, { file: "a.wacz", captures: 2, pages: 1 });
    assert.match(hash, /^sha256:/);
    assert.equal(wacz("create", "-o", "a.wacz", "example.warc.gz").status, 2, "it is not overwritten");

    assert.deepEqual(wacz("validate", "--json", "a.wacz"), { status: 0, stderr: "", lines: ['{"files":1,"findings":0,"complete":true}'] });
    assert.equal(wacz("verify", "a.wacz").status, 1, "it is not signed");
    assert.equal(wacz("sign", "--key", "key.pem", "-o", "signed.wacz", "a.wacz").status, 0);
    const verified = wacz("verify", "--json", "signed.wacz");
    assert.equal(verified.status, 0);
    assert.equal(JSON.parse(verified.lines[0] ?? "").signature.kind, "anonymous");
  });

  test("lists files and pages", () => {
    const files = wacz("ls", "--json", "valid_signed_example_1.wacz").lines.map((line) => JSON.parse(line));
    assert.equal(files.length, 6);
    assert.deepEqual(files[1], {
      file: "valid_signed_example_1.wacz",
      path: "indexes/index.idx",
      offset: 447,
      bytes: 207,
      packedBytes: 164,
      packing: "deflate",
    });
    assert.deepEqual(wacz("ls", "--pages", "valid_signed_example_1.wacz").lines, [
      "2022-01-18T19:00:09Z\thttps://example.com/\tExample Domain",
    ]);
  });

  test("tells who signed, and what it has not checked", () => {
    const { status, lines } = wacz("verify", "valid_signed_example_1.wacz");
    assert.equal(status, 0);
    assert.match(
      lines[0] ?? "",
      /: verified, signed by whoever had a certificate of btrix-sign-test.webrecorder.net, at 2022-01-18T19:00:12/,
    );
    assert.equal(lines.filter((line) => line.startsWith("  not checked")).length, 2);
  });

  test("tells a file that is none, and one that is not there, and goes on with the next", () => {
    writeFileSync(join(folder, "none.wacz"), "none");
    const { status, lines } = wacz("validate", "--json", "none.wacz", "nowhere.wacz", "valid_signed_example_1.wacz");
    assert.equal(status, 2);
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).code),
      ["ZIP_NO_DIRECTORY", "WACZ_NO_CONTEXT", undefined],
    );
    assert.equal(wacz("sign", "--key", "key.pem", "-o", "b.wacz", "none.wacz").status, 2);
  });

  test("refuses what it cannot do, with a way out, and leaves nothing", () => {
    const before = readdirSync(folder);
    const cases: readonly (readonly [RegExp, ...string[]])[] = [
      [/NOT_FOR_WACZ\)\nFix: Convert it first/, "create", "-o", "b.wacz", "example.arc"],
      [/BAD_PAGE/, "create", "-o", "b.wacz", "--pages", "key.pem", "example.warc.gz"],
    ];
    for (const [told, ...args] of cases) {
      const { status, stderr } = wacz(...args);
      assert.equal(status, 2, args.join(" "));
      assert.match(stderr, told);
    }
    assert.deepEqual(readdirSync(folder), before);
  });
});
