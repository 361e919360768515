import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { z } from "zod";
import { createClient, FettleError, machine, openStore, startWorker } from "../src/index.ts";
import { complaints } from "./checker.ts";
import { startPostgres, statement } from "./postgres-server.ts";
import { numbered } from "./start-many.ts";
import { until } from "./stores.ts";

const run = promisify(execFile);
const who = { by: "test", why: "" };
const canMount = process.platform === "linux" && userInfo().uid === 0;

test("the store's disk is full: progress stops, nothing is lost, and all goes on when there is room", {
  skip: canMount ? false : "only root can mount a small disk: run the tests as root on Linux",
}, async () => {
  await using disk = await smallDisk("400m");
  await using server = await startPostgres({ folder: disk.folder });
  const url = await server.database();
  // Large data, so that there is no room for the next of it soon; all of it is a quarter of the disk.
  const growing = machine({
    name: "growing",
    data: z.object({ moves: z.number(), ballast: z.string() }),
    start: "a",
    transitions: { a: ["b"], b: ["a", "end"], end: [] },
    states: {
      async a(it) {
        await sleep(20, undefined, { signal: it.abort });
        return it.to("b", { moves: it.data.moves + 1, ballast: randomBytes(6000).toString("base64") });
      },
      async b(it) {
        await sleep(20, undefined, { signal: it.abort });
        return it.to(it.data.moves > 150 ? "end" : "a", { moves: it.data.moves + 1 });
      },
      end: async (it) => it.done(),
    },
  });
  await using store = await openStore({ url });
  const log: string[] = [];
  await using _worker = await startWorker({ store, machines: [growing], log: (line) => void log.push(line) });
  const client = createClient({ store, machines: [growing] });
  const start = (key: string) => client.start({ machine: "growing", key, input: { moves: 0, ballast: "" }, ifRunning: "keep", ...who });
  const acknowledged = numbered("before", 20);
  for (const key of acknowledged) await start(key);

  await disk.fill();
  await until("the worker is told", () => log.length > 0);
  assert.match(log.join("\n"), /The store does not answer/);
  for (const key of numbered("meanwhile", 20)) {
    try {
      await start(key);
      acknowledged.push(key);
    } catch (error) {
      assert.ok(error instanceof FettleError && error.code === "STORE_AWAY", String(error));
    }
  }

  await disk.free();
  // Postgres ends itself when it cannot write its log; whoever keeps it running starts it again.
  if (!(await answers(url))) await server.start();
  for (const key of acknowledged) {
    await until(`${key}, which was acknowledged, is done`, async () => (await client.show({ key })).status === "done");
  }
  assert.deepEqual(await complaints(url), []);
  const failures = await store.reads.query("select detail from fettle.history where kind in ('failed', 'stuck')", []);
  assert.deepEqual(failures, []);
});

async function answers(url: string): Promise<boolean> {
  try {
    return (await statement(url, "select 1")).length === 1;
  } catch (error) {
    return error instanceof Error && !("code" in error && error.code === "ECONNREFUSED");
  }
}

async function smallDisk(size: string): Promise<AsyncDisposable & { folder: string; fill(): Promise<void>; free(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "fettle-test-disk-"));
  await run("mount", ["-t", "tmpfs", "-o", `size=${size},mode=0777`, "fettle-test", folder]);
  await chmod(folder, 0o777);
  const ballast = join(folder, "ballast");
  return {
    folder,
    async fill() {
      // Until there is no room; others write at the same time.
      await assert.rejects(run("dd", ["if=/dev/zero", `of=${ballast}`, "bs=64k"]), /No space left on device/);
    },
    free: () => rm(ballast),
    async [Symbol.asyncDispose]() {
      await run("umount", ["--lazy", folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
