import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { config } from "./config.ts";
import { openStoredSandbox, until } from "./sandbox.ts";

const nowhere = { DATABASE_URL: "postgres://fettle:very-secret@127.0.0.1:1/fettle" };

test("Ctrl-C stops fettle up cleanly: it ends with 0, and its address is gone", async () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    await using box = await openStoredSandbox(config);
    await using up = await box.up();
    assert.ok(existsSync(join(box.folder, ".fettle/up.json")));
    const { code, stderr } = await up.end(signal);
    assert.equal(code, 0, stderr);
    assert.ok(!existsSync(join(box.folder, ".fettle/up.json")));
    assert.equal((await box.fettle(["start", "heart", "after"])).code, 0);
  }
});

test("a second Ctrl-C does not wait for a handler that does not listen", async () => {
  await using box = await openStoredSandbox(config);
  await using up = await box.up();
  await box.fettle(["start", "deaf", "a"]);
  await until("the handler runs", async () => up.stderr().includes("hears nothing"));
  process.kill(up.pid, "SIGINT");
  await until("it stops", async () => up.stderr().includes("Stopping"));
  assert.equal((await up.end("SIGINT")).code, 130);
});

test("a handler that does not listen holds fettle up for ten seconds, and not for ever", async () => {
  await using box = await openStoredSandbox(config);
  await using up = await box.up();
  await box.fettle(["start", "deaf", "a"]);
  await until("the handler runs", async () => up.stderr().includes("hears nothing"));
  assert.equal((await up.end("SIGTERM")).code, 0);
});

test("a second fettle up on the folder is refused, and names who has it", async () => {
  await using box = await openStoredSandbox(config);
  await using up = await box.up();
  const { code, stderr } = await box.fettle(["up", "--port", "0"]);
  assert.equal(code, 5);
  assert.match(stderr, new RegExp(`another process has it \\(pid ${up.pid}\\) \\(STORE_HELD\\)\\nFix: `));
  assert.equal((await box.fettle(["ls"])).code, 0);
});

test("fettle up waits for a command that has the embedded store for a moment", async () => {
  await using box = await openStoredSandbox(config);
  const command = box.fettle(["ls"]);
  await until("the command has it", async () => existsSync(join(box.folder, ".fettle/holder")));
  await using _up = await box.up();
  assert.equal((await command).code, 0);
});

test("after kill -9 its address is not believed, commands work, and it starts again with everything there", async () => {
  await using box = await openStoredSandbox(config);
  await using first = await box.up();
  await box.fettle(["start", "heart", "kept"]);
  await using watching = await box.spawn(["watch"]);
  await until("it watches", async () => watching.stderr().includes("Watching"));
  await first.end("SIGKILL");
  assert.ok(existsSync(join(box.folder, ".fettle/up.json")));
  const alone = await box.fettle(["show", "kept", "--json"]);
  assert.equal(JSON.parse(alone.stdout).key, "kept");
  await using second = await box.up();
  const { stdout } = await box.fettle(["show", "kept", "--json"]);
  assert.equal(JSON.parse(stdout).run, 1);
  assert.notEqual(second.url, first.url);
  assert.equal((await box.fettle(["start", "postgres/failover", "later"])).code, 0);
  await until("the watch goes on at the new address", async () => watching.stdout().includes("recovered"));
  assert.match(watching.stderr(), /trying again\nThe store is back\n$/);
});

test("an address of a living process that is not fettle is not believed", async () => {
  await using box = await openStoredSandbox(config);
  await box.write(".fettle/up.json", JSON.stringify({ url: "http://127.0.0.1:1", pid: process.pid }));
  assert.equal((await box.fettle(["ls"])).code, 0);
});

test("commands wait while fettle up starts, and go on by its address", async () => {
  await using box = await openStoredSandbox(config);
  const starting = box.up();
  await until("the folder is held", async () => existsSync(join(box.folder, ".fettle/holder")));
  const waited = box.fettle(["ls"]);
  await using _up = await starting;
  const { code, stderr } = await waited;
  assert.equal(code, 0, stderr);
});

test("a taken port, a foreign address and a Postgres that is away are sentences with their own codes", async () => {
  await using box = await openStoredSandbox(config);
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address);
  const taken = await box.fettle(["up", "--port", String(address.port)]);
  server.close();
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, /^Cannot .*port is taken \(PORT_TAKEN\)\nFix: /);

  const open = await box.fettle(["up", "--host", "0.0.0.0", "--port", "0"]);
  assert.equal(open.code, 4);
  assert.match(open.stderr, /\(NOT_ALLOWED\)\nFix: /);

  for (const args of [["up", "--port", "0"], ["ls"]]) {
    const { code, stderr } = await box.fettle(args, nowhere);
    assert.equal(code, 5, stderr);
    assert.match(stderr, /^The store does not answer: .+ \(STORE_AWAY\)\nFix: /);
    assert.doesNotMatch(stderr, /very-secret/);
  }
  assert.equal((await box.fettle(["ls"])).code, 0);
});

test("watch opens no embedded store of its own, which would keep fettle up from starting", async () => {
  await using box = await openStoredSandbox(config);
  const watch = await box.fettle(["watch"]);
  assert.equal(watch.code, 5);
  assert.match(watch.stderr, /no fettle up runs/);
});

test("check names what the code no longer accepts, ends with 1, and says when the running code is another", async () => {
  await using box = await openStoredSandbox(config);
  assert.equal((await box.fettle(["start", "heart", "old"])).code, 0);
  assert.equal((await box.fettle(["check"])).code, 0);
  await using up = await box.up();
  await box.write("fettle.config.ts", config.replaceAll("beating", "pounding"));
  assert.match((await box.fettle(["check"])).stderr, /has other machines than this config/);
  await up.end("SIGTERM");
  const { code, stdout, stderr } = await box.fettle(["check"]);
  assert.equal(code, 1, stderr);
  assert.match(stdout, /^old\theart\tNO_SUCH_STATE\tstate "beating" is not in the table\t.+\n$/);
  assert.equal(JSON.parse((await box.fettle(["check", "--json"])).stdout).length, 1);
});

test("check judges an export as it judges the store, where there is no store, and says which line is no instance", async () => {
  await using box = await openStoredSandbox(config);
  assert.equal((await box.fettle(["start", "heart", "old"])).code, 0);
  const exported = await box.fettle(["export"]);
  assert.equal(exported.code, 0, exported.stderr);
  await box.write("living.ndjson", exported.stdout);
  assert.equal((await box.fettle(["check", "--export", "living.ndjson"], nowhere)).code, 0);
  await box.write("fettle.config.ts", config.replaceAll("beating", "pounding"));
  const { code, stdout } = await box.fettle(["check", "--export", "living.ndjson"], nowhere);
  assert.equal(code, 1);
  assert.match(stdout, /^old\theart\tNO_SUCH_STATE\t/);
  await box.write("living.ndjson", `${exported.stdout}{"id":7}\n`);
  const damaged = await box.fettle(["check", "--export", "living.ndjson"]);
  assert.equal(damaged.code, 2);
  assert.match(damaged.stderr, /living\.ndjson, line 2: machine is no string \(BAD_EXPORT\)/);
});
