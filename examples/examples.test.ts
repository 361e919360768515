import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const examples = globSync("*.ts", { cwd: import.meta.dirname }).filter((name) => !name.endsWith(".test.ts"));

for (const name of examples) {
  test(`${name} prints what it says at its end`, async () => {
    const path = join(import.meta.dirname, name);
    const promised = readFileSync(path, "utf8").split("\n// It prints:\n")[1];
    assert.ok(promised, "it has no such comment");
    const { stdout } = await run(process.execPath, [path]);
    assert.equal(stdout, promised.replaceAll(/^\/\/ ?/gm, ""));
  });
}
