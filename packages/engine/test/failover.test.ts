import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { createClient, machine, none, openStore, startWorker } from "../src/index.ts";
import { staleCommits, watchTables } from "./chaos.ts";
import { complaints } from "./checker.ts";
import { type PostgresServer, startPostgres, statement } from "./postgres-server.ts";
import { until } from "./stores.ts";
import { startWireProxy } from "./wire-proxy.ts";

const who = { by: "test", why: "" };
/** Ends by its signal, or by its timer when nobody sends one. */
const sleeper = machine({
  name: "sleeper",
  data: z.object({ moves: z.number(), until: z.number() }),
  signals: { wake: none },
  start: "sleeping",
  transitions: { sleeping: ["awake"], awake: [] },
  states: {
    async sleeping(it) {
      const isWoken = it.take("wake") !== undefined;
      if (isWoken || it.now().getTime() >= it.data.until) return it.to("awake", { moves: it.data.moves + 1 });
      return it.wait(new Date(it.data.until), { moves: it.data.moves });
    },
    awake: async (it) => it.done(),
  },
});
const keys = Array.from({ length: 100 }, (_, index) => `sleeper ${index}`);

test("after a failover to a standby that misses the last commits, workers lease anew, and nothing of the rest is stranded or doubled", async () => {
  await using primary = await startPostgres();
  const url = await primary.database();
  await (await openStore({ url }))[Symbol.asyncDispose]();
  await watchTables(url);
  await using standby = await startPostgres({ standbyOf: primary });
  await using proxy = await startWireProxy(primary.port, () => undefined);
  await using store = await openStore({ url: named(proxy.url(url), "first") });
  await using other = await openStore({ url: named(proxy.url(url), "second") });
  const log: string[] = [];
  const hire = (its: typeof store) => startWorker({ store: its, machines: [sleeper], lease: "2m", log: (line) => void log.push(line) });
  await using _first = await hire(store);
  const client = createClient({ store, machines: [sleeper] });

  const clock = await statement<{ now: number }>(url, "select extract(epoch from clock_timestamp())::float8 * 1000 as now");
  const input = { moves: 0, until: (clock[0]?.now ?? 0) + 12_000 };
  for (const key of keys) await client.start({ machine: "sleeper", key, input, ...who });
  const asleep = "select from fettle.instance where due > clock_timestamp() + interval '1 s' and state = 'sleeping'";
  await until("all sleep", async () => (await statement(url, asleep)).length === keys.length);
  await stopFollowing(primary, standby);

  // All of this is acknowledged, and lost: another worker takes half of the ranges, and every instance comes to its end.
  await using _second = await hire(other);
  await until("each has half", async () => (await client.workers()).map(({ slots }) => slots).join() === "2048,2048");
  for (const key of keys) await client.signal({ ref: { key }, signal: "wake", ...who });
  await until("all are done", async () => (await client.list({ status: "done" })).total === keys.length);

  await primary.stop("SIGKILL");
  const promoted = standby.url(new URL(url).pathname.slice(1));
  await statement(promoted, "select pg_promote()");
  proxy.lead(standby.port);
  proxy.cutAll();
  const lost = await statement(promoted, "select from fettle.instance where status = 'done'");
  assert.equal(lost.length, 0, "the standby had all of it, so nothing was tried");

  await until("both say so", () => log.filter((line) => /The store has failed over \(timeline 1, now 2\)/.test(line)).length === 2);
  await until("all end by their timers", async () => (await client.list({ status: "done" })).total === keys.length);
  assert.deepEqual(await complaints(promoted), []);
  assert.deepEqual(await statement(promoted, staleCommits), []);
  assert.deepEqual(await statement(promoted, "select from fettle.history where signal is not null"), []);
});

/** From here on the standby misses what the primary commits. */
async function stopFollowing(primary: PostgresServer, standby: PostgresServer): Promise<void> {
  const [present] = await statement<{ lsn: string }>(primary.url("postgres"), "select pg_current_wal_lsn()::text as lsn");
  const caughtUp = async () =>
    (await statement(standby.url("postgres"), "select where pg_last_wal_replay_lsn() >= $1::pg_lsn", [present?.lsn])).length > 0;
  await until("the standby has what there is", caughtUp);
  await statement(standby.url("postgres"), "alter system set primary_conninfo = ''");
  await statement(standby.url("postgres"), "select pg_reload_conf()");
  const isAlone = async () => (await statement(primary.url("postgres"), "select from pg_stat_replication")).length === 0;
  await until("it follows no more", isAlone);
}

function named(url: string, application: string): string {
  const its = new URL(url);
  its.searchParams.set("application_name", application);
  return its.href;
}
