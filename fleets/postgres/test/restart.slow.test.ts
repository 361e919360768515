import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { isPostmaster, processesOf } from "../src/server/processes.ts";
import { killPostmaster, World } from "./world.ts";

test("a server that heals itself is left alone", { timeout: 60_000 }, async () => {
  await using world = await World.create({ standbys: 1, sync: "preferred" });
  const primary = await world.primary();
  // All others end with it, and the postmaster starts anew by itself.
  await world.ask(primary, async (session) => {
    const [row] = await session.query<{ pid: number }>("select pg_backend_pid() as pid");
    process.kill(row?.pid ?? 0, "SIGKILL");
  });
  await world.until("it starts anew", async () => (await readFile(primary.place.log, "utf8")).includes("reinitializing"));
  await world.until("it serves again", () => world.isWritable(primary).catch(() => false));
  await world.untilProtected();
  await assert.rejects(world.show("restart"), { code: "NO_SUCH_INSTANCE" });
  await assert.rejects(world.show("failover"), { code: "NO_SUCH_INSTANCE" });
});

test("an orphan that holds the memory of a dead server is killed, and the server starts", { timeout: 60_000 }, async () => {
  await using world = await World.create({ standbys: 0, sync: "off" });
  const primary = await world.primary();
  const orphan = (await processesOf(primary)).find((process) => process.title.includes("walwriter"));
  assert.ok(orphan);
  process.kill(orphan.pid, "SIGSTOP");
  await killPostmaster(primary);
  await world.until("it is restarted", async () => (await world.topology()).restarts.length === 1);
  assert.ok(await world.isWritable(primary));
});

test("the third restart within an hour pages", { timeout: 90_000 }, async () => {
  await using world = await World.create({ standbys: 0, sync: "off" });
  for (const count of [1, 2, 3]) {
    await killPostmaster(await world.primary());
    await world.until(`restart ${count}`, async () => (await world.topology()).restarts.length === count);
    await world.until("it is available", async () => (await world.show("cluster")).state === "available");
  }
  await world.until("somebody is paged", async () => world.pages.length > 0);
  assert.deepEqual(
    world.pages.map(({ say }) => say),
    ["prod-1 was restarted 3 times within an hour"],
  );
});

test("a primary that cannot start on its data is failed over, and rebuilt from the new one", { timeout: 120_000 }, async () => {
  await using world = await World.create({ standbys: 1, sync: "preferred" });
  const primary = await world.primary();
  const postmaster = (await processesOf(primary)).find((process) => isPostmaster(process, primary.place));
  await writeFile(`${primary.place.data}/global/pg_control`, "not a control file");
  process.kill(postmaster?.pid ?? 0, "SIGKILL");
  await world.until("another is primary", async () => (await world.topology()).primary === "b", 60_000);
  await world.untilProtected();
  assert.equal((await world.walked("restart")).at(-1), "unusable");
  assert.ok((await world.walked("rebuild", "prod-1/a")).includes("copying"));
});
