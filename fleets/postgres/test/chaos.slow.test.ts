import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { InstanceDetail } from "@fettle/engine";
import { Servers } from "../src/cluster/servers.ts";
import { type Sync, type Topology, topology } from "../src/cluster/topology.ts";
import { local } from "../src/host/local.ts";
import { placeOf } from "../src/server/place.ts";
import { killServer } from "../src/server/processes.ts";
import type { Server } from "../src/server/server.ts";
import { withSession } from "../src/server/session.ts";
import { Ledger } from "./ledger.ts";
import type { Question } from "./worker.ts";
import { freeze, killAll, killPostmaster } from "./world.ts";

const name = "prod-1";
const rounds = Number(process.env.FETTLE_CHAOS_ROUNDS ?? 8);

/** One cluster, and a worker that may be killed at any moment. */
class Arena implements AsyncDisposable {
  readonly folder: string;
  readonly servers: Servers;
  #child: ChildProcess | undefined;
  #questions = 0;

  private constructor(folder: string) {
    this.folder = folder;
    this.servers = new Servers(`${folder}/pg`, [local()]);
  }

  static async create(sync: Sync, standbys: number): Promise<Arena> {
    const folder = await mkdtemp("/tmp/fettle-pg-");
    await chmod(folder, 0o755);
    const arena = new Arena(folder);
    await arena.startWorker();
    await arena.ask("start", { machine: "postgres/cluster", key: name, input: { name, sync, standbys }, by: "test", why: "chaos" });
    await arena.untilProtected();
    return arena;
  }

  async startWorker(): Promise<void> {
    const log = openSync(`${this.folder}/worker.log`, "a");
    const child = fork(new URL("./worker.ts", import.meta.url), [this.folder], { stdio: ["ignore", log, log, "ipc"] });
    // Its end tears the channel, which is what the test is about.
    child.on("error", () => undefined);
    this.#child = child;
    await once(child, "message");
  }

  async killWorker(): Promise<void> {
    const child = this.#child;
    assert.ok(child);
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async ask<Answer>(method: Question["method"], argument: unknown): Promise<Answer> {
    const child = this.#child;
    assert.ok(child);
    const id = ++this.#questions;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const listen = (answer: { id: number; value?: Answer; error?: string }) => {
      if (answer.id !== id) return;
      child.off("message", listen);
      if (answer.error === undefined) resolve(answer.value as Answer);
      else reject(new Error(answer.error));
    };
    child.on("message", listen);
    child.send({ id, method, argument });
    return promise;
  }

  async topology(): Promise<Topology> {
    const { data } = await this.ask<InstanceDetail>("show", { machine: "postgres/cluster", key: name });
    return topology.parse(data);
  }

  /** As redundant as it was asked to be, by the store, which a worker that has just died leaves behind the truth; and the client writes. */
  async untilProtected(ledger?: Ledger): Promise<void> {
    const end = Date.now() + 120_000;
    for (let calm = 0, before = 0; calm < 5; ) {
      const { state } = await this.ask<InstanceDetail>("show", { machine: "postgres/cluster", key: name });
      const { electable, standbys, members } = await this.topology();
      const isWhole =
        state === "available" && electable.length === standbys && Object.values(members).every((one) => one.state === "ready");
      const count = ledger?.acknowledged.length ?? 0;
      calm = isWhole && (ledger === undefined || count > before) ? calm + 1 : 0;
      before = count;
      if (Date.now() > end) assert.fail(`Not whole in two minutes, in ${state}:\n${await readFile(`${this.folder}/worker.log`, "utf8")}`);
      await sleep(200);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.killWorker();
    const host = await this.servers.firstHost();
    for (const member of "abc") {
      await killServer({ host, place: placeOf(this.servers.root, name, member) }, new AbortController().signal);
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const faults: Readonly<Record<string, (primary: Server, standby: Server) => Promise<void>>> = {
  "the primary is killed": (primary) => killPostmaster(primary),
  "the primary's data is gone": async (primary) => {
    await rm(primary.place.data, { recursive: true, force: true, maxRetries: 5 });
    await killAll(primary);
  },
  "the primary is frozen": (primary) => freeze(primary, "tree"),
  "the standby is killed": (_, standby) => killAll(standby),
  "both are killed": async (primary, standby) => {
    await killAll(standby);
    await killAll(primary);
  },
};

/** The same rounds for the same seed: a linear congruence is chance enough. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

for (const { sync, standbys, seed } of [
  { sync: "preferred", standbys: 1, seed: 1 },
  { sync: "strict", standbys: 2, seed: 2 },
] as const) {
  test(`a ${sync} cluster of ${standbys + 1} loses no acknowledged commit, whenever its worker is killed (seed ${seed})`, {
    timeout: 1_200_000,
  }, async (t) => {
    const random = chance(seed);
    await using arena = await Arena.create(sync, standbys);
    const all = await arena.servers.all(await arena.topology());
    const app = { user: "app", password: all[0]?.secrets.app ?? "", database: name };
    await using ledger = new Ledger(
      all.map((server) => server.address),
      app,
    );
    for (let round = 1; round <= rounds; round++) {
      const before = ledger.acknowledged.length;
      while (ledger.acknowledged.length < before + 10) await sleep(20);
      const cluster = await arena.topology();
      const [primary, standby] = await Promise.all(
        [cluster.primary, cluster.electable[0] ?? ""].map((member) => arena.servers.of(cluster, member)),
      );
      assert.ok(primary && standby);
      const fault = Object.keys(faults)[Math.floor(random() * Object.keys(faults).length)] as string;
      const delay = Math.floor(random() * 2_500);
      await faults[fault]?.(primary, standby);
      await sleep(delay);
      await arena.killWorker();
      await arena.startWorker();
      await arena.untilProtected(ledger);

      const acknowledged = [...ledger.acknowledged];
      const after = await arena.topology();
      const now = await arena.servers.of(after, after.primary);
      const rows = await withSession(now.address, app, (session) => session.query<{ number: number }>("select number from ledger"));
      const kept = new Set(rows.map(({ number }) => number));
      const missing = acknowledged.filter((number) => !kept.has(number));
      t.diagnostic(`${round}: ${fault}, worker killed after ${delay}ms; ${acknowledged.length} acknowledged, ${missing.length} lost`);
      assert.deepEqual(missing, []);
    }
  });
}
