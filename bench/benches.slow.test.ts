import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

/** What the docs quote, by the names that they quote it by. How much it is depends on the machine, and is nobody's to test. */
async function lastLine(bench: string, ...flags: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, `${bench}.ts`), "--quick", "--json", ...flags]);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

function assertPositive(figures: Record<string, unknown>, ...names: string[]): void {
  for (const name of names) assert.ok(Number(figures[name]) > 0, `${name} is ${figures[name]}`);
}

test("transitions takes every key of ours and of the floor through all states", async () => {
  const figures = await lastLine("transitions", "--only", "ours,floor,floorLocal", "--keys", "2000", "--snapshot", "6");
  assertPositive(figures, "ours", "floor", "floorLocal", "ofFloor", "ofFloorLocal", "walBytesEach");
  assertPositive(figures.underSnapshot as Record<string, unknown>, "ours", "seconds");
  assert.deepEqual(figures.peers, {});
  assert.equal(figures.ofBestPeer, null);
});

test("transitions has a figure for each peer that it is asked for", async () => {
  const only = ["graphile-worker", "pg-boss", "dbos", "restate"];
  const { peers } = await lastLine("transitions", "--only", only.join(","), "--keys", "2000");
  assert.deepEqual(Object.keys(peers as object), only);
  assertPositive(peers as Record<string, unknown>, ...only);
});

test("latency has a median and a 99th percentile", async () => {
  const figures = await lastLine("latency", "--only", "ours,graphile-worker", "--starts", "5");
  assertPositive(figures, "p50ms", "p99ms");
  assertPositive((figures.peers as Record<string, Record<string, unknown>>)["graphile-worker"] ?? {}, "p50ms", "p99ms");
});

test("million has a figure for each thing that a million costs", async () => {
  const figures = await lastLine("million", "--instances", "2000", "--sleepers", "2000", "--keys", "1000", "--seconds", "2");
  assertPositive(figures, "takeoverMs", "startMs", "watchCores", "watchesPerSecond", "sleepersRatio");
  for (const name of ["bytesEach", "watchWalBytesPerSecond"]) assert.ok(Number.isFinite(figures[name]), name);
});

test("callers keep a share of their speed", async () => {
  assertPositive(await lastLine("callers", "--clients", "4", "--seconds", "1", "--keys", "100"), "ratio", "with", "without");
});

test("soak compares the end with the beginning, and draws it", async () => {
  const picture = join(tmpdir(), `fettle-bench-soak-${process.pid}.svg`);
  try {
    const figures = await lastLine("soak", "--keys", "500", "--picture", picture);
    assertPositive(figures, "minutes", "tableGrowth", "indexGrowth", "speedRatio", "rssGrowth");
    assert.match(await readFile(picture, "utf8"), /^<svg .*<\/svg>\n$/s);
  } finally {
    await rm(picture, { force: true });
  }
});

test("warc has a speed for each reader", async () => {
  const { gzip, plain, ...others } = await lastLine("warc");
  assertPositive(gzip as Record<string, unknown>, "ours", "warcio", "inflate");
  assertPositive(plain as Record<string, unknown>, "ours", "warcio", "inflate");
  assertPositive(others, "validateOfInflateHash", "rssMiB", "parallel");
});

test("warc-conformance has a verdict on each archive", async () => {
  const { files, right, said, silent, hang } = await lastLine("warc-conformance");
  assertPositive({ files, right }, "files", "right");
  assert.equal(Number(right) + Number(said) + Number(silent) + Number(hang), files);
});
