import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startPostgres, statement } from "../../engine/test/postgres-server.ts";
import { config } from "./config.ts";
import { openSandbox, until } from "./sandbox.ts";

test("with DATABASE_URL every command goes straight to that Postgres, whether fettle up runs or not", async () => {
  await using postgres = await startPostgres();
  await using box = await openSandbox(config);
  const environment = { DATABASE_URL: await postgres.database() };
  const fettle = (...args: string[]) => box.fettle(args, environment);

  const alone = await fettle("start", "postgres/failover", "prod-1");
  assert.equal(alone.code, 0, alone.stderr);
  assert.match(alone.stderr, /No worker runs: it goes on when one does \(fettle up\)/);
  await using first = await box.up(["--port", "0"], environment);
  await until("it is done", async () => JSON.parse((await fettle("show", "prod-1", "--json")).stdout).status === "done");

  await using second = await box.up(["--port", "0"], environment);
  assert.notEqual(first.url, second.url);
  await fettle("start", "heart", "a");
  assert.equal((await fettle("retry", "a", "--why", "because")).stdout, "1 retried\n");
  assert.equal((await fettle("check")).code, 0);
  assert.ok(!existsSync(join(box.folder, ".fettle")));

  await using watching = await box.spawn(["watch"], environment);
  await until("it watches", async () => watching.stderr() !== "");
  await fettle("start", "postgres/failover", "prod-2");
  await until("it has seen the end", async () => watching.stdout().includes("recovered"));
  assert.equal((await first.end("SIGTERM")).code, 0);
  assert.equal((await second.end("SIGINT")).code, 0);
});

test("a worker that cannot go on is told with its reason, and fettle up ends with 1", async () => {
  await using postgres = await startPostgres();
  await using box = await openSandbox(config);
  const url = await postgres.database();
  await using up = await box.up(["--port", "0"], { DATABASE_URL: url });
  await statement(url, "drop schema fettle cascade");
  const { code, stderr } = await up.ended();
  assert.equal(code, 1);
  assert.match(stderr, /Cannot go on: the worker has ended: .+ \(WORKER_ENDED\)\nFix: /);
});

test("fettle doctor ends with 1 where something fails, and with 0 where all is well", async () => {
  await using postgres = await startPostgres();
  await using box = await openSandbox(config);
  const environment = { DATABASE_URL: await postgres.database() };
  const idle = await box.fettle(["doctor"], environment);
  assert.equal(idle.code, 1, idle.stderr);
  assert.match(idle.stdout, /^workers\tfail\tNo worker is alive: nothing runs\tStart one: fettle up$/m);
  await using _up = await box.up(["--port", "0"], environment);
  await until("all is well", async () => (await box.fettle(["doctor"], environment)).code === 0);
  await postgres.stop();
  const away = await box.fettle(["doctor", "--json"], environment);
  assert.equal(away.code, 1);
  assert.equal(JSON.parse(away.stdout)[0].verdict, "fail");
});
