import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { killAll, killPostmaster, World } from "./world.ts";

test("a server that crashed comes back though a stranger was given its number", { timeout: 90_000 }, async () => {
  await using world = await World.create({ standbys: 0, sync: "off" });
  const server = await world.primary();
  await world.stopWorker();
  await killPostmaster(server);
  await killAll(server);
  const { uid, gid } = await stat(server.place.data);
  const stranger = spawn("sleep", ["600"], { stdio: "ignore", uid, gid });
  try {
    for (const file of [`${server.place.data}/postmaster.pid`, `${server.place.socket}/.s.PGSQL.${server.address.port}.lock`]) {
      const [, ...rest] = (await readFile(file, "utf8")).split("\n");
      await writeFile(file, [stranger.pid, ...rest].join("\n"));
    }
    await world.startWorker();
    await world.until("it is restarted", async () => (await world.topology()).restarts.length === 1);
    await world.until("it takes writes", () => world.isWritable(server).catch(() => false));
  } finally {
    stranger.kill("SIGKILL");
    await once(stranger, "exit");
  }
});
