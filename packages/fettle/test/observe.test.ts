import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogFields } from "@fettle/engine";
import { startPostgres } from "../../engine/test/postgres-server.ts";
import { config } from "./config.ts";
import { openSandbox, openStoredSandbox, until } from "./sandbox.ts";

test("/metrics tells Prometheus what moved, failed and waits", async () => {
  await using box = await openStoredSandbox(config);
  await using up = await box.up();
  const scrape = async () => (await fetch(`${up.url}/metrics`)).text();
  await box.fettle(["start", "postgres/failover", "good"]);
  await box.fettle(["start", "postgres/failover", "bad", "--input", `{"broken":true}`]);
  await until(
    "both have ended",
    async () => /attention_instances{.*} 1\n/.test(await scrape()) && (await scrape()).includes(`state="recovered"`),
  );
  const response = await fetch(`${up.url}/metrics`);
  assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  for (const line of [
    /^fettle_transitions_total{machine="postgres\/failover",state="fencing"} 2$/m,
    /^fettle_transitions_total{machine="postgres\/failover",state="recovered"} 1$/m,
    /^fettle_failures_total{machine="postgres\/failover",state="fencing"} 1$/m,
    /^fettle_attention_instances{kind="stuck",machine="postgres\/failover",state="fencing"} 1$/m,
    /^fettle_in_flight 0$/m,
    /^fettle_inbox_messages 0$/m,
    /^fettle_lease_age_seconds [0-9.e-]+$/m,
    /^fettle_lag_seconds_bucket{le="0.1"} \d+$/m,
    /^fettle_commit_seconds_count [1-9]\d*$/m,
    /^fettle_commit_changes_bucket{le="1"} [1-9]\d*$/m,
  ]) {
    assert.match(text, line);
  }
});

test("/healthz says that the process lives, /readyz that its store answers and its worker holds leases", async () => {
  await using postgres = await startPostgres();
  await using box = await openSandbox(config);
  await using up = await box.up(["--port", "0"], { DATABASE_URL: await postgres.database() });
  const ask = (path: string) => fetch(`${up.url}${path}`);
  await until("it is ready", async () => (await ask("/readyz")).status === 200);
  assert.equal((await ask("/healthz")).status, 200);
  await postgres.stop();
  const away = await ask("/readyz");
  assert.equal(away.status, 503);
  assert.match(await away.text(), /The store does not answer/);
  assert.equal((await ask("/healthz")).status, 200);
  assert.match(await (await ask("/metrics")).text(), /^fettle_in_flight 0$/m);
  await postgres.start();
  await until("it is ready again", async () => (await ask("/readyz")).status === 200);
});

test("where the log is not a terminal it is JSON, one object a line, with what each is about", async () => {
  await using box = await openStoredSandbox(config);
  await using up = await box.up();
  await box.fettle(["start", "deaf", "a"]);
  await box.fettle(["start", "postgres/failover", "bad", "--input", `{"broken":true}`]);
  await until("it pages", async () => up.stderr().includes("PAGE"));
  const entries = entriesOf((await up.end("SIGKILL")).stderr);
  const said = entries.find(({ msg }) => msg.includes("hears nothing"));
  assert.deepEqual([said?.machine, said?.key, said?.run, said?.state], ["deaf", "a", 1, "musing"]);
  assert.match(said?.worker ?? "", /^[0-9a-f-]{36}$/);
  const page = entries.find(({ msg }) => msg.startsWith("PAGE"));
  assert.deepEqual([page?.level, page?.machine, page?.key, page?.page], ["error", "postgres/failover", "bad", 1]);
});

test("so are the last words of a process that ends itself, since a handler has blocked it", async () => {
  await using box = await openStoredSandbox(config);
  await using up = await box.up();
  await box.fettle(["start", "endless", "a"]);
  const [blocked, end] = entriesOf((await up.ended()).stderr).slice(-2);
  assert.match(blocked?.msg ?? "", /^The event loop was blocked for 5s by endless a in looping$/);
  assert.match(end?.msg ?? "", /^This worker \(pid \d+\) ends itself: a handler has blocked its event loop for 5s$/);
  for (const entry of [blocked, end]) {
    assert.equal(entry?.level, "error");
    assert.match(entry?.worker ?? "", /^[0-9a-f-]{36}$/);
  }
});

test("--log text is for people, and another format is refused", async () => {
  await using box = await openStoredSandbox(config);
  await using up = await box.up(["--port", "0", "--log", "text"]);
  await box.fettle(["start", "deaf", "a"]);
  await until("the handler has spoken", async () => /^\d\d:\d\d:\d\d deaf a musing: hears nothing$/m.test(up.stderr()));
  const { code, stderr } = await box.fettle(["up", "--log", "xml"]);
  assert.equal(code, 2);
  assert.match(stderr, /Cannot log as xml/);
});

interface Entry extends LogFields {
  readonly time: string;
  readonly msg: string;
}

function entriesOf(log: string): Entry[] {
  const entries = log
    .trimEnd()
    .split("\n")
    .map((line): Entry => JSON.parse(line));
  for (const { time, level, msg } of entries) {
    assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.match(level ?? "", /^(info|warning|error)$/);
    assert.ok(msg.length > 0);
  }
  return entries;
}
