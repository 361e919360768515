import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createClient, openStore, startWorker, type Way } from "../src/index.ts";
import { breaks } from "./pager-process.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { until } from "./stores.ts";

const who = { by: "test", why: "" };

describe("pages of many, and of the dead", () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  async function startProcess(url: string, receiver: Receiver): Promise<AsyncDisposable & { kill(): Promise<void> }> {
    const env = { ...process.env, FETTLE_TEST_STORE: url, FETTLE_TEST_PAGER: receiver.url };
    const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, "pager-process.ts")], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (child.stdout) await once(child.stdout, "data");
    const kill = async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    };
    return { kill, [Symbol.asyncDispose]: kill };
  }

  const told = (receiver: Receiver) =>
    receiver.received.filter(({ path }) => path === "/").map(({ body }) => JSON.parse(body) as { act: string; token: string });

  test("a worker that is killed in mid-delivery loses no page, and it is delivered once more at most, under the same token", async () => {
    const url = await server.database();
    await using store = await openStore({ url });
    await using receiver = await startReceiver();
    const client = createClient({ store, machines: [breaks] });
    receiver.answer = "silence";
    {
      await using first = await startProcess(url, receiver);
      await client.start({ machine: "breaks", key: "x", input: {}, ...who });
      await until("the delivery is on its way", () => told(receiver).length === 1);
      await first.kill();
    }
    receiver.answer = 200;
    await using _second = await startProcess(url, receiver);
    await until("it is delivered", async () => (await client.pages({}))[0]?.deliveries[0]?.delivered != null);
    const all = told(receiver);
    assert.deepEqual(
      all.map(({ act }) => act),
      ["open", "open"],
    );
    assert.equal(all[0]?.token, all[1]?.token);
  });

  test("the heartbeat is heard while a worker lives, and not after", async () => {
    const url = await server.database();
    await using receiver = await startReceiver();
    receiver.answer = 200;
    const beats = () => receiver.received.filter(({ path }) => path === "/alive").length;
    await using worker = await startProcess(url, receiver);
    await until("it beats", () => beats() > 1);
    await worker.kill();
    const last = beats();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    assert.equal(beats(), last);
  });

  test("10,000 that are stuck are one page with their count", async () => {
    await using store = await openStore({ url: await server.database() });
    const client = createClient({ store, machines: [breaks] });
    const acts: string[] = [];
    const chat: Way = { name: "chat", tell: async ({ act }) => void acts.push(act) };
    await using _first = await startWorker({ store, machines: [breaks], pager: [chat], log: () => undefined });
    await using _second = await startWorker({ store, machines: [breaks], pager: [chat], log: () => undefined });
    const keys = Array.from({ length: 10_000 }, (_, index) => `prod-${index}`);
    while (keys.length > 0) {
      await Promise.all(keys.splice(0, 100).map((key) => client.start({ machine: "breaks", key, input: {}, ...who })));
    }
    await until("all are counted", async () => (await client.pages({}))[0]?.victims === 10_000);
    assert.equal((await client.pages({ all: true })).length, 1);
    assert.deepEqual(acts, ["open"]);
    assert.deepEqual(
      (await client.attention()).map(({ count }) => count),
      [10_000],
    );
  });
});
