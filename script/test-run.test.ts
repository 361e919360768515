import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runTests } from "./test-run.ts";

const folder = mkdtempSync(join(tmpdir(), "fettle-test-run-"));
after(() => rmSync(folder, { recursive: true }));

const limits = { atOnce: 2, fileSeconds: 30 };

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), `import { test } from "node:test";\n${text}`);
  return name;
}

test("what passes is counted, and a skipped test is named", async () => {
  const run = await runTests(
    folder,
    [file("good.mjs", `test("holds", () => {});`), file("skipping.mjs", `test("waits", { skip: "no moon" });`)],
    limits,
  );
  assert.equal(run.failed, false);
  assert.deepEqual(run.tally, { passed: 1, failed: 0, skipped: 1 });
  assert.match(run.output, /^skipped: .*skipping\.mjs: waits .*no moon/);
});

test("a file whose only suite is skipped has run, and the suite is named", async () => {
  const skipping = file(
    "suite.mjs",
    `import { describe } from "node:test";\ndescribe("tides", { skip: "no moon" }, () => { test("rise", () => {}); });`,
  );
  const run = await runTests(folder, [skipping], limits);
  assert.equal(run.failed, false);
  assert.deepEqual(run.tally, { passed: 0, failed: 0, skipped: 1 });
  assert.match(run.output, /^skipped: .*suite\.mjs: tides .*no moon/);
});

test("a failing test fails the run and says why", async () => {
  const run = await runTests(folder, [file("bad.mjs", `test("breaks", () => { throw new Error("the moon is out"); });`)], limits);
  assert.equal(run.failed, true);
  assert.match(run.output, /the moon is out/);
});

test("a test that spins and a listener left open fail instead of hanging", async () => {
  const spins = file("spins.mjs", `test("spins", () => { while (true); });`);
  const leaks = file("leaks.mjs", `import net from "node:net";\ntest("leaks", () => { net.createServer().listen(0); });`);
  const run = await runTests(folder, [spins, leaks], { atOnce: 2, fileSeconds: 2 });
  assert.equal(run.failed, true);
  assert.match(run.output, /Killed: .*spins\.mjs had not ended after 2 s/);
  assert.match(run.output, /Killed: .*leaks\.mjs had not ended after 2 s/);
});

test("no test at all is a failure", async () => {
  assert.equal((await runTests(folder, [], limits)).failed, true);
  assert.equal((await runTests(folder, [file("empty.mjs", "")], limits)).failed, true);
});
