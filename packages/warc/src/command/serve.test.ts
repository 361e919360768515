import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempDisposable, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fixtures } from "../../test/fixture.ts";

const main = join(import.meta.dirname, "main.ts");

test("serve says where it listens, and leaves nothing behind when it is interrupted", async (t) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "serve-test-"));
  const child = spawn(process.execPath, [main, "serve", "--json", "--port", "0", join(fixtures, "example.warc.gz")], {
    env: { ...process.env, TMPDIR: folder.path, NODE_DISABLE_COMPILE_CACHE: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  const closed = once(child, "close");
  // Ends without a line where the command does.
  const { value: line } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const { url, captures, pages } = JSON.parse(line ?? "");
  assert.deepEqual([captures, pages], [2, 2]);
  assert.match(await (await fetch(url)).text(), /Example Domain/);
  child.kill("SIGINT");
  const [code] = await closed;
  assert.equal(code, 0);
  assert.deepEqual(await readdir(folder.path), []);
});

test("serve says what is wrong with its arguments", () => {
  const warc = (...args: string[]) => spawnSync(process.execPath, [main, "serve", ...args], { encoding: "utf8", timeout: 60_000 });
  const port = warc("--port", "99999", "x.warc");
  assert.equal(port.status, 2);
  assert.match(port.stderr, /BAD_PORT/);
  const missing = warc("--port", "0", "/nowhere/x.warc");
  assert.equal(missing.status, 2);
  assert.match(missing.stderr, /x\.warc/);
});
