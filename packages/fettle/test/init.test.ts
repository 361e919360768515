import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openSandbox, until } from "./sandbox.ts";

test("what init writes runs at once, and its machine sees the dashboard answer", async () => {
  await using box = await openSandbox();
  await rm(join(box.folder, "package.json"));
  const { code, stdout, stderr } = await box.fettle(["init"]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "Wrote package.json\nWrote fettle.config.ts\nWrote machines/heartbeat.ts\n");
  assert.match(stderr, /npx fettle up/);
  await using up = await box.up();
  const url = JSON.stringify({ url: `${up.url}/` });
  assert.equal((await box.fettle(["start", "heartbeat", "web-1", "--input", url])).code, 0);
  const nowhere = JSON.stringify({ url: "http://127.0.0.1:1/" });
  assert.equal((await box.fettle(["start", "heartbeat", "web-2", "--input", nowhere])).code, 0);
  const stateOf = async (key: string) => JSON.parse((await box.fettle(["show", key, "--json"])).stdout).state;
  await until("web-2 is down", async () => (await stateOf("web-2")) === "down");
  assert.equal(await stateOf("web-1"), "up");
  assert.equal((await box.fettle(["signal", "web-1", "stop", "--why", "enough"])).code, 0);
  await until("web-1 has stopped", async () => (await stateOf("web-1")) === "stopped");
});

test("init overwrites nothing", async () => {
  await using box = await openSandbox("// mine\n");
  const { code, stderr } = await box.fettle(["init"]);
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot write .*fettle\.config\.ts: there is one already \(ALREADY_THERE\)\nFix: /);
  assert.equal(await readFile(join(box.folder, "fettle.config.ts"), "utf8"), "// mine\n");
  assert.ok(!existsSync(join(box.folder, "machines")));
});

test("npm's own package.json is made a module, and somebody's CommonJS package is left as it is", async () => {
  await using box = await openSandbox();
  await box.write("package.json", `{ "dependencies": { "fettle": "^0.1.0" } }`);
  assert.match((await box.fettle(["init"])).stdout, /^Made a module of package\.json\n/);
  assert.equal(JSON.parse(await readFile(join(box.folder, "package.json"), "utf8")).type, "module");
  assert.equal((await box.fettle(["ls"])).code, 0);

  const common = `{ "name": "theirs", "main": "index.js" }`;
  await box.write("theirs/package.json", common);
  const { stdout } = await box.fettle(["init", "theirs"]);
  assert.equal(stdout, "Wrote fettle.config.mts\nWrote machines/heartbeat.mts\n");
  assert.equal(await readFile(join(box.folder, "theirs/package.json"), "utf8"), common);
  assert.equal((await box.fettle(["diagram", "heartbeat", "--config", "theirs/fettle.config.mts"])).stderr, "");
});
