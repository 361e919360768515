import assert from "node:assert/strict";
import { test } from "node:test";
import { accessPath, openRules } from "../src/server/access.ts";
import { isPostmaster, processesOf } from "../src/server/processes.ts";
import { reload } from "../src/server/start.ts";
import { World } from "./world.ts";

test("a server that does not let its keeper in pages, and nothing is done to it", { timeout: 90_000 }, async () => {
  await using world = await World.create({ standbys: 1, sync: "preferred" });
  await using ledger = await world.ledger();
  const primary = await world.primary();
  const postmaster = async () => (await processesOf(primary)).find((process) => isPostmaster(process, primary.place))?.pid;
  const before = await postmaster();
  const { files } = primary.host;
  const access = accessPath(primary.place, 0);
  const rules = openRules(primary.address.host);
  await files.write(access, `host all postgres all reject\nlocal all postgres reject\n${rules}`);
  await reload(primary);
  await world.until("somebody is paged", async () => world.pages.length > 0);
  assert.match(world.pages[0]?.say ?? "", /does not let fettle in/);

  await files.write(access, rules);
  await reload(primary);
  await world.until("it is watched again", async () => (await world.show("cluster")).state === "available");
  assert.equal(await postmaster(), before);
  await assert.rejects(world.show("restart"), { code: "NO_SUCH_INSTANCE" });
  assert.deepEqual(await world.missing([...ledger.acknowledged]), []);
});
