/** Proves that code here is easy to delete: takes each fleet away in turn, then the dashboard, and checks and tests the rest. */
import { spawnSync } from "node:child_process";
import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { importersOf } from "./arrows.ts";
import { findTests } from "./test-files.ts";
import { runTests } from "./test-run.ts";
import { copyTree } from "./tree.ts";

for (const part of [...globSync("fleets/*"), "packages/dashboard"].sort()) await deleteAndTest(part);

async function deleteAndTest(part: string): Promise<void> {
  const copy = copyTree();
  try {
    const gone = [part, ...importersOf(copy, part)];
    for (const path of gone) rmSync(join(copy, path), { recursive: true });
    const types = spawnSync("tsc", ["-p", "."], { cwd: copy, encoding: "utf8" });
    // Those of the tooling and the docs speak of the whole.
    const left = findTests(copy, []).quick.filter((file) => !file.startsWith("script/"));
    const tests = await runTests(copy, left, { atOnce: 2, fileSeconds: 180 });
    const failed = types.status !== 0 || tests.failed;
    console.log(`without ${gone.join(", ")}: ${failed ? "fails" : "holds"}, ${tests.tally.passed} passed, ${tests.tally.failed} failed`);
    if (failed) console.log(types.stdout, tests.output);
    if (failed) process.exitCode = 1;
  } finally {
    rmSync(copy, { recursive: true });
  }
}
