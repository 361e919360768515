import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { parseProcess, readProcess } from "./process-table.ts";

const status = "voluntary_ctxt_switches:\t40\nnonvoluntary_ctxt_switches:\t2\n";

test("a name that holds brackets and spaces does not shift the fields", () => {
  const process = parseProcess(7, "7 (odd) name (x) S 42 7 7 0 -1", "postgres: a\0", "/data", status);
  assert.deepEqual(process, { pid: 7, parent: 42, state: "running", folder: "/data", title: "postgres: a", switches: 42 });
});

test("a zombie is gone", () => assert.equal(parseProcess(7, "7 (postgres) Z 1 7", "", "", status), undefined));

test("a folder that was deleted is still the process's folder", () => {
  assert.equal(parseProcess(7, "7 (postgres) S 1 7", "", "/data (deleted)", status)?.folder, "/data");
});

for (const [letter, state] of [
  ["T", "stopped"],
  ["t", "stopped"],
  ["D", "running"],
  ["R", "running"],
] as const) {
  test(`state ${letter} is ${state}`, () => assert.equal(parseProcess(7, `7 (postgres) ${letter} 1 7`, "", "", status)?.state, state));
}

test("a process is seen running, stopped and gone", async () => {
  const child = spawn("sleep", ["60"]);
  await once(child, "spawn");
  const pid = child.pid as number;
  try {
    assert.equal((await readProcess(pid))?.state, "running");
    child.kill("SIGSTOP");
    while ((await readProcess(pid))?.state !== "stopped");
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  assert.equal(await readProcess(pid), undefined);
});
