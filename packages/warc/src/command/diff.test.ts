import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fixture, fixtures } from "../../test/fixture.ts";
import { type Change, compareSummaries } from "./compare-summaries.ts";
import { parseSummary, summarise } from "./summarise.ts";

async function* lines(records: readonly string[], by: "id" | "url"): AsyncGenerator<string> {
  const all: string[] = [];
  const file = Buffer.from(records.join(""));
  for await (const line of summarise(file, { offset: 0, by, report: () => undefined })) all.push(line);
  yield* all.sort();
}

async function compare(a: readonly string[], b: readonly string[], by: "id" | "url" = "id"): Promise<string[]> {
  const found: string[] = [];
  for await (const change of compareSummaries(lines(a, by), lines(b, by))) found.push(told(change));
  return found;
}

function told(change: Change): string {
  return change.kind === "changed"
    ? `~${change.before.url} ${change.what.join()}`
    : `${change.kind === "added" ? "+" : "-"}${change.record.url}`;
}

const record = (id: string, url: string, body = "", more = "") =>
  `WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: ${id}\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n${more}WARC-Target-URI: ${url}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}\r\n\r\n`;

describe("two archives", () => {
  test("do not differ by the order of their records and fields, and the case of names", async () => {
    const turned = record("<1>", "a:1").replace("WARC-Type: resource\r\nWARC-Record-ID: <1>", "warc-record-id: <1>\r\nWARC-TYPE: resource");
    assert.deepEqual(await compare([record("<1>", "a:1"), record("<2>", "a:2")], [record("<2>", "a:2"), turned]), []);
  });

  test("differ by records that one lacks, and by fields and blocks", async () => {
    const a = [record("<1>", "a:1"), record("<2>", "a:2", "x"), record("<3>", "a:3"), record("<é>", "a:4", "é")];
    const b = [record("<2>", "a:2", "y"), record("<3>", "a:3", "", "X: y\r\n"), record("<é>", "a:4", "é"), record("<CDX a>", "a:5")];
    assert.deepEqual(await compare(a, b), ["-a:1", "~a:2 block", "~a:3 fields", "+a:5"]);
  });

  test("are compared by URL, time and type where they are asked to be, and one after another where those are the same", async () => {
    const a = [record("<1>", "a:1"), record("<2>", "a:1", "x")];
    const b = [record("<3>", "a:1"), record("<4>", "a:1", "y"), record("<5>", "a:1")];
    assert.deepEqual(await compare(a, a, "url"), []);
    assert.equal((await compare(a, b, "url")).filter((change) => change.startsWith("+")).length, 1);
  });

  test("have summaries of bounded length, whatever is in them", async () => {
    const long = `a:${"x".repeat(100_000)}`;
    for await (const line of lines([record(long, long)], "id")) {
      assert.ok(line.length < 20_000);
      assert.equal(parseSummary(line).type, "resource");
    }
  });
});

describe("warc diff", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "warc-diff-test-"));
    cpSync(fixtures, folder, { recursive: true });
    writeFileSync(join(folder, "less.warc.gz"), fixture("example.warc.gz").subarray(353));
  });
  after(() => rm(folder, { recursive: true }));

  function warc(...args: readonly string[]) {
    return spawnSync(process.execPath, [join(import.meta.dirname, "main.ts"), "diff", ...args], {
      cwd: folder,
      encoding: "utf8",
      timeout: 60_000,
    });
  }

  test("finds none between an archive and the same packed in another way", () => {
    for (const pair of [
      ["example.warc", "example-frame-per-record.warc.zst"],
      ["--by-url", "example.arc", "example.arc.gz"],
    ]) {
      const { status, stdout } = warc(...pair);
      assert.deepEqual([stdout, status], ["", 0]);
    }
  });

  test("tells each and exits 1", () => {
    const { status, stdout } = warc("example.warc.gz", "less.warc.gz");
    assert.deepEqual([status, stdout], [1, "-\texample.warc.gz:0\twarcinfo\t-\n"]);
    const json = warc("--json", "less.warc.gz", "example.warc.gz");
    assert.deepEqual(JSON.parse(json.stdout), { kind: "added", type: "warcinfo", url: "-", b: { file: "example.warc.gz", offset: 0 } });
  });

  test("exits 2 for a file that is not there", () => {
    assert.equal(warc("nowhere.warc", "example.warc").status, 2);
  });
});
