import assert from "node:assert/strict";
import { test } from "node:test";
import { progressLine, size } from "./progress.ts";

const lines = [
  [500, 1000, 1000, "50 % of 1.0 kB, 500 B/s, 1 s left"],
  [1_000_000, 4_000_000_000, 1000, "0 % of 4.0 GB, 1.0 MB/s, 1 h 6 min left"],
  [75_000_000, 100_000_000, 250, "75 % of 100 MB, 300 MB/s, 1 s left"],
  [10_000_000, 100_000_000, 10_000, "10 % of 100 MB, 1.0 MB/s, 1 min 30 s left"],
  [0, 1000, 0, "0 % of 1.0 kB, 0 B/s"],
] as const;

test("progress tells the share, the rate and what is left", () => {
  for (const [done, total, elapsed, line] of lines) assert.equal(progressLine(done, total, elapsed), line);
});

test("where more comes than was known of, as from standard input, it tells how much came", () => {
  assert.equal(progressLine(3_000_000, 0, 1000), "3.0 MB, 3.0 MB/s");
  assert.equal(progressLine(3_000_000, 2_000_000, 1000), "3.0 MB, 3.0 MB/s");
});

test("sizes have two digits or three, and never a thousand of a unit", () => {
  assert.deepEqual([0, 999, 1000, 9949, 9950, 99_950, 999_499, 999_500, 2e15].map(size), [
    "0 B",
    "999 B",
    "1.0 kB",
    "9.9 kB",
    "10 kB",
    "100 kB",
    "999 kB",
    "1.0 MB",
    "2000 TB",
  ]);
});
