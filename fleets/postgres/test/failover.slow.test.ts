import assert from "node:assert/strict";
import { rename, rm } from "node:fs/promises";
import { test } from "node:test";
import { fence } from "../src/server/fence.ts";
import { bannedData } from "../src/server/place.ts";
import { logTail, startServer } from "../src/server/start.ts";
import { freeze, killAll, World } from "./world.ts";

test("of two standbys the one with everything becomes primary, and the other follows it", { timeout: 120_000 }, async () => {
  await using world = await World.create({ standbys: 2, sync: "preferred" });
  await using ledger = await world.ledger();
  await world.until("the client writes", async () => ledger.acknowledged.length > 20);
  const old = await world.primary();
  await rm(old.place.data, { recursive: true });
  await killAll(old);
  await world.until("another is primary", async () => (await world.topology()).primary !== "a");
  const mark = ledger.acknowledged.length;
  await world.until("the client goes on", async () => ledger.acknowledged.length > mark + 10);
  await world.untilProtected();
  assert.deepEqual(await world.missing([...ledger.acknowledged]), []);
});

test("nobody is promoted while a standby that may have the last commits keeps silent", { timeout: 120_000 }, async () => {
  await using world = await World.create({ standbys: 1, sync: "preferred" });
  const standby = await world.member("b");
  await world.stopWorker();
  const old = await world.primary();
  await rm(old.place.data, { recursive: true });
  await killAll(old);
  await rename(standby.place.data, `${standby.place.folder}/elsewhere`);
  await killAll(standby);
  await world.startWorker();
  await world.until(
    "the failover asks for a person",
    async () => (await world.show("failover").catch(() => undefined))?.status === "stuck",
    90_000,
  );
  assert.equal((await world.show("failover")).error?.code, "NO_CANDIDATE");
  assert.equal((await world.show("cluster")).state, "unavailable");

  await rename(`${standby.place.folder}/elsewhere`, standby.place.data);
  await startServer(standby);
  await world.client.retry({ machine: "postgres/failover", key: world.name }, { by: "test", why: "b is back" });
  await world.until("b is primary", async () => (await world.topology()).primary === "b");
  await world.untilProtected();
});

test("an asynchronous standby that lags too far behind is not promoted", { timeout: 120_000 }, async () => {
  await using world = await World.create({ standbys: 1, sync: "off" });
  const old = await world.primary();
  const standby = await world.member("b");
  await freeze(standby, "tree");
  await world.ask(old, (session) => session.query("create table big as select generate_series(1, 600000) as number", [], 60_000));
  await world.until("b may not become primary", async () => (await world.topology()).electable.length === 0);
  await world.stopWorker();
  await rm(old.place.data, { recursive: true });
  await killAll(old);
  await killAll(standby);
  await world.startWorker();
  await world.until(
    "the failover asks for a person",
    async () => (await world.show("failover").catch(() => undefined))?.status === "stuck",
  );
  assert.equal((await world.show("failover")).error?.code, "WOULD_LOSE_DATA");
});

test("an old primary that somebody starts after the failover takes no writes", { timeout: 120_000 }, async () => {
  await using world = await World.create({ standbys: 1, sync: "preferred" });
  const old = await world.primary();
  // Moved away, so that it seems lost; its data is as good as before.
  const hidden = `${world.folder}/hidden`;
  await rename(old.place.data, hidden);
  await killAll(old);
  await world.until("another is primary", async () => (await world.show("failover").catch(() => undefined))?.state === "rebuilding");
  await world.stopWorker();
  await killAll(old);
  await rm(old.place.data, { recursive: true, force: true });
  await rename(hidden, old.place.data);
  const { host, place, programs } = old;
  await host.files.remove(`${place.data}/postmaster.pid`);
  await host.launch({
    program: `${programs.folder}/postgres`,
    args: ["-D", place.data, "-c", `config_file=${place.config}`],
    log: place.log,
  });
  await world.until("it refuses everybody, or to start", async () =>
    world.isWritable(old).then(
      () => false,
      async (error: unknown) => /pg_hba.conf rejects/.test(String(error)) || /could not load .*pg_hba/.test(await logTail(old)),
    ),
  );

  await world.startWorker();
  await world.untilProtected();
  assert.equal(await world.isWritable(old), false);
  assert.equal(await host.files.exists(bannedData(place, "fenced", "")), false);
});

test("a fence whose worker slept through the next life of the member does not close that one", { timeout: 180_000 }, async () => {
  await using world = await World.create({ standbys: 1, sync: "preferred" });
  const { revision } = await world.topology();
  const first = await world.primary();
  const second = await world.member("b");
  const asleep = Promise.withResolvers<void>();
  const awake = Promise.withResolvers<void>();
  const { files } = first.host;
  const write: typeof files.write = async (path, ...rest) => {
    if (path.includes("pg_hba")) {
      asleep.resolve();
      await awake.promise;
    }
    return files.write(path, ...rest);
  };
  const lease = new AbortController();
  const sleeper = fence({ ...first, host: { ...first.host, files: { ...files, write } } }, "fenced", "sleeper", revision, lease.signal);
  await asleep.promise;
  await world.until("the other is primary", async () => (await world.topology()).primary === "b");
  await world.untilProtected();

  lease.abort(new Error("another has the lease"));
  awake.resolve();
  await assert.rejects(sleeper, { message: "another has the lease" });
  await rm(second.place.data, { recursive: true });
  await killAll(second);
  await world.until("it is primary again", async () => (await world.topology()).primary === "a");
  await world.untilProtected();
  assert.equal(await world.isWritable(first), true);
});
