import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { type Client, createClient, openStore } from "../src/index.ts";
import { chaosRun, hireWorker, staleCommits, watchTables } from "./chaos.ts";
import { chaosMachines } from "./chaos-machines.ts";
import { withMutant } from "./mutant.ts";
import { type PostgresServer, startPostgres, statement } from "./postgres-server.ts";
import { until } from "./stores.ts";

const workerFile = fileURLToPath(new URL("worker-process.ts", import.meta.url));
const who = { by: "test", why: "" };
let server: PostgresServer;
before(async () => {
  server = await startPostgres();
});
after(async () => {
  await server[Symbol.asyncDispose]();
});

test("workers are killed, frozen, cut off and replaced: no transition is lost, doubled or stale", async () => {
  for (const seed of [1001, 1002, 1003]) {
    const { broken, faults, transitions } = await chaosRun(server, seed, workerFile);
    assert.deepEqual(broken, [], `seed ${seed}, after ${faults.join(", ")}`);
    assert.ok(transitions > 100, `only ${transitions} transitions`);
  }
});

test("a worker that slept through its lease commits nothing, and the checker sees it when it does", async () => {
  assert.deepEqual(await sleepThroughLease(workerFile, "all but its range"), []);
  const check = '"(select count(*) from fence) = cardinality($1::text::int[])"';
  await withMutant("src/store/commit-fence.ts", check, '"true or (select count(*) from fence) = 0"', async (copy) => {
    assert.equal((await sleepThroughLease(join(copy, "test/worker-process.ts"), "everything")).length, 1);
  });
});

/**
 * Freezes a worker whose commit has reached the database and waits there for a lock, while another worker takes over all that
 * it can, which the lock on the lease keeps from being everything; then lets the commit go on. Returns the stale commits.
 */
async function sleepThroughLease(file: string, heritage: "everything" | "all but its range"): Promise<object[]> {
  await using scene = await startScene();
  const { url, client } = scene;
  await client.start({ machine: "chaos/gated", key: "x", input: {}, ...who });
  const sleeper = await scene.hire(file);
  await until("its handler runs", async () => (await attempts(url)).length === 1);
  const lock = new pg.Client({ connectionString: url });
  await lock.connect();
  await lock.query("begin; select from fettle.instance for update");
  await statement(url, "insert into gate values ($1)", [sleeper.pid]);
  const waits =
    "select from pg_stat_activity where wait_event_type = 'Lock' and query like '%fettle.lease%' and query like '%fettle.instance%'";
  await until("its commit waits", async () => (await statement(url, waits)).length > 0);
  sleeper.kill("SIGSTOP");
  const heir = await scene.hire(file);
  const hasAllButOne = async () => (await client.workers()).some(({ pid, slots }) => pid === heir.pid && slots === 4096 - 64);
  const hasX = async () => (await attempts(url)).length > 1;
  await until("the other has taken over", heritage === "everything" ? hasX : hasAllButOne);
  await lock.end();
  sleeper.kill("SIGCONT");
  await statement(url, "insert into gate values ($1)", [heir.pid]);
  await until("x is done", async () => (await client.show({ key: "x" })).status === "done");
  return statement(url, staleCommits);
}

test("a killed worker's instances are taken over within its lease, each handler at most once more", async () => {
  await using scene = await startScene();
  const { url, client } = scene;
  const victim = await scene.hire(workerFile);
  await client.start({ machine: "chaos/gated", key: "x", input: {}, ...who });
  await until("its handler runs", async () => (await attempts(url)).length === 1);
  const heir = await scene.hire(workerFile);
  victim.kill("SIGKILL");
  await statement(url, "insert into gate values ($1)", [heir.pid]);
  await until("x is done", async () => (await client.show({ key: "x" })).status === "done");
  assert.deepEqual(await attempts(url), [victim.pid, heir.pid]);
});

test("SIGTERM gives the leases back, so that another goes on without waiting for them to end", async () => {
  await using scene = await startScene();
  const { url, client } = scene;
  const leaver = await scene.hire(workerFile);
  leaver.kill("SIGTERM");
  const [code] = await once(leaver, "exit");
  assert.equal(code, 0);
  assert.deepEqual(await client.workers(), []);
  assert.deepEqual(await statement(url, "select from fettle.lease where owner in (select id from fettle.worker)"), []);
});

test("a handler that never lets go of the event loop ends its worker, is named, is stuck, and harms no other instance", async () => {
  await using scene = await startScene();
  const { client } = scene;
  await client.start({ machine: "chaos/endless", key: "loop", input: {}, ...who });
  // It loops after an await, where nobody can tell whose turn it is: who was there three times is the culprit.
  let victims = 0;
  while ((await client.show({ key: "loop" })).status !== "stuck") {
    assert.ok(++victims < 10, "one worker after another is taken down");
    const victim = await scene.hire(workerFile);
    if (victim.signalCode === null) await once(victim, "exit");
  }
  const culprit = await client.show({ key: "loop" });
  assert.equal(culprit.status, "stuck");
  assert.equal(culprit.error?.code, "HANDLER_BLOCKED");
  assert.match(culprit.error?.message ?? "", /looping of chaos\/endless loop blocked/);
  await client.start({ machine: "chaos/endless", key: "innocent", input: {}, ...who });
  await scene.hire(workerFile);
  await until("the innocent is done", async () => (await client.show({ key: "innocent" })).status === "done");
  assert.equal((await client.pages({})).length, 1);
});

test("a loop before the first await is known for certain: it is stuck at the first strike, not the third", async () => {
  await using scene = await startScene();
  const { client } = scene;
  await client.start({ machine: "chaos/endless", key: "loop-at-once", input: {}, ...who });
  // One whose store did not answer in time ends itself all the same, and the strike is left to the next.
  let victims = 0;
  while ((await client.show({ key: "loop-at-once" })).status !== "stuck") {
    assert.ok(++victims < 10, "one worker after another is taken down");
    const victim = await scene.hire(workerFile);
    if (victim.signalCode === null) await once(victim, "exit");
  }
  assert.equal((await client.show({ key: "loop-at-once" })).error?.code, "HANDLER_BLOCKED");
  const strikes = (await client.history({ key: "loop-at-once" })).filter(({ error }) => error?.code === "HANDLER_BLOCKED");
  assert.deepEqual(
    strikes.map(({ kind }) => kind),
    ["stuck"],
  );
});

test("a worker that cannot renew lives on when its handlers stop, and ends itself when one does not", async () => {
  await using scene = await startScene();
  const { url, client } = scene;
  const fit = await scene.hire(workerFile);
  await client.start({ machine: "chaos/walk", key: "x", input: { moves: 0, laps: 3, heard: [] }, ...who });
  const hasLost = said(fit, "The lease could not be renewed in time");
  await server.stop();
  await hasLost;
  await server.start();
  await until("it goes on", async () => (await client.show({ key: "x" })).state === "listening");
  assert.equal(fit.exitCode ?? fit.signalCode, null);
  fit.kill("SIGTERM");
  await once(fit, "exit");

  const unfit = await scene.hire(workerFile);
  await client.start({ machine: "chaos/deaf", key: "y", input: {}, ...who });
  await until("its handler hangs", async () => (await attempts(url)).includes(unfit.pid as number));
  const ended = once(unfit, "exit");
  await server.stop();
  assert.deepEqual(await ended, [null, "SIGKILL"]);
  await server.start();
});

test("the store being away loses nothing, spends no retries, and is over by itself", async () => {
  await using scene = await startScene();
  const { url, client } = scene;
  const worker = await scene.hire(workerFile);
  await client.start({ machine: "chaos/walk", key: "x", input: { moves: 0, laps: 5, heard: [] }, ...who });
  for (let round = 0; round < 3; round++) await server.crash();
  await until("it listens", async () => (await client.show({ key: "x" })).state === "listening");
  for (const payload of [1, 2, 3]) await client.signal({ ref: { key: "x" }, signal: "number", payload, ...who });
  await until("x is done", async () => (await client.show({ key: "x" })).status === "done");
  const failures = (await client.history({ key: "x" })).filter((entry) => entry.kind === "failed");
  assert.deepEqual(
    failures.filter((entry) => entry.error?.message !== "now and then an attempt fails"),
    [],
  );
  assert.equal(worker.exitCode, null);
  assert.deepEqual(await statement(url, staleCommits), []);
});

async function startScene(): Promise<AsyncDisposable & { url: string; client: Client; hire(file: string): Promise<ChildProcess> }> {
  const url = await server.database();
  const store = await openStore({ url });
  await watchTables(url);
  const hired: ChildProcess[] = [];
  return {
    url,
    client: createClient({ store, machines: chaosMachines(url) }),
    async hire(file) {
      const worker = await hireWorker(url, file);
      hired.push(worker);
      return worker;
    },
    async [Symbol.asyncDispose]() {
      for (const worker of hired) worker.kill("SIGKILL");
      await store[Symbol.asyncDispose]();
    },
  };
}

/** Resolves when the worker has said that on its standard error. */
async function said(worker: ChildProcess, text: string): Promise<void> {
  for await (const line of createInterface(worker.stderr as NodeJS.ReadableStream)) if (line.includes(text)) return;
  assert.fail(`The worker ended and never said "${text}"`);
}

/** The processes that began an attempt, in order. */
async function attempts(url: string): Promise<number[]> {
  return (await statement<{ pid: number }>(url, "select pid from attempt order by ctid")).map((row) => row.pid);
}
