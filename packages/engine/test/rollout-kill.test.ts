import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { createClient, openStore, type Store } from "../src/index.ts";
import { actOnMembers, type Bite } from "../src/store/act-on-members.ts";
import { hireWorker } from "./chaos.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";
import { repairs } from "./rollout-machines.ts";
import { numbered, startMany } from "./start-many.ts";
import { until } from "./stores.ts";

const ana = { by: "ana", why: "because" };
const machines = repairs(new Set());
let server: PostgresServer;
before(async () => {
  server = await startPostgres();
});
after(async () => {
  await server[Symbol.asyncDispose]();
});

async function waiting(count: number) {
  const url = await server.database();
  const store = await openStore({ url });
  for (const machine of machines.slice(0, 1)) await startMany(store, machine, numbered("thing", count), {});
  return { url, store, client: createClient({ store, machines }) };
}

async function poked(store: Store): Promise<{ times: number; things: number } | undefined> {
  const [row] = await store.reads.query<{ times: number; things: number }>(
    "select count(*)::int as times, count(distinct instance)::int as things from fettle.history where to_state = 'poked' and kind = 'moved'",
    [],
  );
  return row;
}

test("a rollout whose worker is killed again and again acts upon each once, and misses nobody", async () => {
  const { url, store, client } = await waiting(3000);
  await using _store = store;
  let worker: ChildProcess | undefined;
  try {
    const { name } = await client.startRollout({
      act: { kind: "move", name: "poked" },
      selection: { machine: "repair" },
      first: 100,
      gap: "1ms",
      ...ana,
    });
    const acted = async () => (await client.rollout(name)).acted;
    for (let kills = 0; kills < 4; kills++) {
      const before = await acted();
      worker = await hireWorker(url, join(import.meta.dirname, "rollout-process.ts"));
      await until("it gets on", async () => (await acted()) > before);
      const exited = once(worker, "exit");
      worker.kill("SIGKILL");
      await exited;
    }
    const midway = await client.rollout(name);
    assert.ok(midway.rest > 0, "it was killed in the middle");
    worker = await hireWorker(url, join(import.meta.dirname, "rollout-process.ts"));
    await until("it is over", async () => (await client.rollout(name)).status === "done");
    assert.deepEqual(await poked(store), { times: 3000, things: 3000 });
  } finally {
    worker?.kill("SIGKILL");
  }
});

test("two workers that both take a rollout for theirs act upon as many as the stage has, and one whose visit is over upon none", async () => {
  const { url, store, client } = await waiting(100);
  await using _store = store;
  await client.startRollout({ act: { kind: "retry" }, selection: { machine: "repair" }, name: "shared", ...ana });
  const { token } = await client.show({ machine: "fettle/rollout", key: "shared" });
  const act = { kind: "retry", name: null, payload: null };
  const bite: Bite = { key: "shared", token, stage: 1, size: 30, act, state: null, status: null, ...ana };
  const [own, other] = [store.lanes[0], store.lanes[1]];
  // Both have begun before either can go on: each sees the members as they were before the other.
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  await holder.query("begin");
  await holder.query("select from fettle.instance where machine = 'fettle/rollout' for update");
  const both = Promise.all([actOnMembers(own, bite), actOnMembers(other, bite)]);
  const stand = "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  // Not asked by the holder: in a transaction it sees the activity as it first was.
  await until("both stand at the rollout", async () => (await store.reads.query<{ n: number }>(stand, []))[0]?.n === 2, 5000);
  await holder.query("commit");
  await holder.end();
  const bitten = await both;
  assert.deepEqual(bitten.map((each) => each?.acted).toSorted(), [0, 30]);
  assert.equal(await actOnMembers(own, { ...bite, token: token.replace(/\d+$/, "7"), size: 50 }), undefined);
  await store.reads.query("update fettle.instance set status = 'done' where machine = 'fettle/rollout'", []);
  assert.equal(await actOnMembers(own, { ...bite, size: 50 }), undefined);
  const [sent] = await store.reads.query<{ count: number; things: number }>(
    "select count(*)::int as count, count(distinct instance)::int as things from fettle.inbox where kind = 'retry'",
    [],
  );
  assert.deepEqual(sent, { count: 30, things: 30 });
});
