/** Proves that code here is easy to delete: takes each fleet away in turn, then the dashboard, and checks and tests the rest. */
import { spawnSync } from "node:child_process";
import { globSync, rmSync } from "node:fs";
import { partOf } from "./arrows.ts";
import { deletePart } from "./delete-part.ts";
import { findTests } from "./test-files.ts";
import { runTests } from "./test-run.ts";
import { copyTree } from "./tree.ts";

for (const part of [...globSync("fleets/*"), "packages/dashboard"]) await deleteAndTest(part);

async function deleteAndTest(part: string): Promise<void> {
  const copy = copyTree();
  try {
    const gone = deletePart(copy, part);
    const types = spawnSync("tsc", ["-p", "."], { cwd: copy, encoding: "utf8" });
    // What lost a module is only compiled: its tests may use the whole. The tests in script/ are about the whole, too.
    const maimed = new Set(["script", ...gone.map((file) => partOf(file) ?? file.split("/")[0])]);
    // Those in test/ folders run whole systems for minutes, and import nothing that those beside the sources do not.
    const isWhole = (file: string) => !file.includes("/test/") && !maimed.has(partOf(file) ?? file.split("/")[0]);
    const tests = await runTests(copy, findTests(copy, []).quick.filter(isWhole), { atOnce: 2, fileSeconds: 300 });
    const failed = types.status !== 0 || tests.failed;
    const { passed, failed: failures } = tests.tally;
    console.log(`without ${[part, ...gone].join(", ")}: ${failed ? "fails" : "holds"}, ${passed} passed, ${failures} failed`);
    if (failed) console.log(types.stdout, tests.output);
    if (failed) process.exitCode = 1;
  } finally {
    rmSync(copy, { recursive: true });
  }
}
