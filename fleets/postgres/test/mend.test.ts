import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, before, beforeEach, describe, test } from "node:test";
import type { Ledger } from "./ledger.ts";
import { freeze, killAll, killPostmaster, World } from "./world.ts";

describe("a cluster with a synchronous standby, while a client writes", { timeout: 120_000 }, () => {
  let world: World;
  let ledger: Ledger;

  before(async () => {
    world = await World.create({ standbys: 1, sync: "preferred" });
    ledger = await world.ledger();
  });
  after(async () => {
    await ledger?.stop();
    await world?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await world.untilProtected();
    const mark = ledger.acknowledged.length;
    await world.until("the client writes", async () => ledger.acknowledged.length > mark + 10);
    ledger.mark();
  });

  async function nothingLost() {
    const mark = ledger.acknowledged.length;
    await world.until("the client goes on", async () => ledger.acknowledged.length > mark + 10);
    assert.deepEqual(await world.missing([...ledger.acknowledged]), []);
  }

  test("restarts a primary that was killed", async (t) => {
    const before = (await world.topology()).primary;
    await killPostmaster(await world.primary());
    await world.until("it is restarted", async () => (await world.topology()).restarts.length === 1);
    await nothingLost();
    t.diagnostic(`longest gap ${ledger.longestGap}ms`);
    assert.equal((await world.topology()).primary, before);
    assert.deepEqual(await world.walked("restart"), ["stopping", "starting", "proving", "restarted"]);
  });

  test("fails over when the data is gone, and rebuilds", async (t) => {
    const old = await world.primary();
    await rm(old.place.data, { recursive: true });
    await killAll(old);
    await world.until("another is primary", async () => (await world.topology()).primary !== old.member);
    await nothingLost();
    t.diagnostic(`longest gap ${ledger.longestGap}ms`);
    await world.untilProtected();
    await world.until("the failover ends", async () => (await world.show("failover")).status === "done");
    assert.deepEqual(await world.walked("failover"), [
      "confirming",
      "electing",
      "fencing",
      "promoting",
      "repointing",
      "rebuilding",
      "protected",
    ]);
    await nothingLost();
  });

  for (const scope of ["tree", "postmaster"] as const) {
    test(`restarts a primary whose ${scope} is frozen`, async (t) => {
      const { restarts } = await world.topology();
      await freeze(await world.primary(), scope);
      await world.until("it is restarted", async () => (await world.topology()).restarts.length === restarts.length + 1);
      await nothingLost();
      t.diagnostic(`longest gap ${ledger.longestGap}ms`);
    });
  }
});
