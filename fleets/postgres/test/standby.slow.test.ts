import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { withSession } from "../src/server/session.ts";
import { freeze, killAll, World } from "./world.ts";

test("a preferred cluster that loses its standby goes on writing alone, says so, and gets it back", { timeout: 90_000 }, async (t) => {
  await using world = await World.create({ standbys: 1, sync: "preferred" });
  await using ledger = await world.ledger();
  await world.until("the client writes", async () => ledger.acknowledged.length > 10);
  ledger.mark();
  await killAll(await world.member("b"));
  await world.until("nobody is electable", async () => (await world.topology()).electable.length === 0);
  assert.equal((await world.show("cluster")).note, "one copy holds the data");
  const mark = ledger.acknowledged.length;
  await world.until("the client goes on", async () => ledger.acknowledged.length > mark + 10);
  t.diagnostic(`longest gap ${ledger.longestGap}ms`);
  assert.ok(ledger.longestGap < 3_000, `writes paused for ${ledger.longestGap}ms`);

  await world.untilProtected();
  assert.equal((await world.show("cluster")).note, null);
  assert.deepEqual(await world.walked("cluster"), ["provisioning", "available"]);
  assert.deepEqual(await world.missing([...ledger.acknowledged]), []);
});

test("a strict cluster that loses its standby holds its writes until another copy has them", { timeout: 90_000 }, async () => {
  await using world = await World.create({ standbys: 1, sync: "strict" });
  const primary = await world.primary();
  const app = { user: "app", password: primary.secrets.app, database: world.name };
  await withSession(primary.address, app, (session) => session.query("create table kept (number int)"));

  await world.stopWorker();
  const standby = await world.member("b");
  await killAll(standby);
  const held = withSession(primary.address, app, (session) => session.query("insert into kept values (1)", [], 60_000));
  const answer = held.then(() => "acknowledged");
  await world.ask(primary, async (session) => {
    await world.until("the commit waits", async () => {
      const waiting = await session.query("select from pg_stat_activity where wait_event = 'SyncRep'");
      return waiting.length === 1;
    });
  });
  assert.equal(await Promise.race([answer, sleep(500, "held")]), "held");

  await world.startWorker();
  assert.equal(await answer, "acknowledged");
  await world.until("the standby has what was acknowledged", async () => {
    const rows = await withSession(standby.address, app, (session) => session.query("select from kept"));
    return rows.length === 1;
  });
  await world.untilProtected();
});

test("a frozen standby is replaced, and commits do not wait for it for long", { timeout: 90_000 }, async (t) => {
  await using world = await World.create({ standbys: 1, sync: "preferred" });
  await using ledger = await world.ledger();
  await world.until("the client writes", async () => ledger.acknowledged.length > 10);
  ledger.mark();
  await freeze(await world.member("b"), "tree");
  await world.until("nobody is electable", async () => (await world.topology()).electable.length === 0);
  await world.untilProtected();
  t.diagnostic(`longest gap ${ledger.longestGap}ms`);
  assert.deepEqual(await world.missing([...ledger.acknowledged]), []);
});

test("a standby that somebody promotes by hand is made a standby again", { timeout: 90_000 }, async () => {
  await using world = await World.create({ standbys: 1, sync: "preferred" });
  const standby = await world.member("b");
  await world.ask(standby, (session) => session.query("select pg_promote()"));
  await world.ask(standby, (session) => session.query("create table written_by_a_rogue (number int)"));
  await world.until("it is rebuilt", async () => (await world.topology()).members.b?.state === "rebuilding");
  await world.untilProtected();
  assert.equal(await world.isWritable(standby), false);
  const rows = await world.ask(standby, (session) => session.query("select from pg_class where relname = 'written_by_a_rogue'"));
  assert.equal(rows.length, 0);
  assert.ok((await world.walked("rebuild", "prod-1/b")).includes("rewinding"));
});
