import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { InstanceDetail } from "@fettle/engine";
import { Servers } from "../src/cluster/servers.ts";
import { type Sync, type Topology, topology } from "../src/cluster/topology.ts";
import { local } from "../src/host/local.ts";
import { createPrimary } from "../src/server/create.ts";
import { placeOf } from "../src/server/place.ts";
import { killServer } from "../src/server/processes.ts";
import { makeSecrets } from "../src/server/secrets.ts";
import type { Login } from "../src/server/session.ts";
import { withSession } from "../src/server/session.ts";
import { Ledger } from "./ledger.ts";
import type { Question } from "./worker.ts";

export const name = "prod-1";

/** A worker in a process of its own, which may be killed and frozen. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  #questions = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** `store` is a folder or an address. */
  static async start(folder: string, store: string): Promise<WorkerProcess> {
    const log = openSync(`${folder}/worker.log`, "a");
    const child = fork(new URL("./worker.ts", import.meta.url), [`${folder}/pg`, store], { stdio: ["ignore", log, log, "ipc"] });
    // Its end tears the channel, which is what the tests are about.
    child.on("error", () => undefined);
    await once(child, "message");
    return new WorkerProcess(child);
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }

  async ask<Answer>(method: Question["method"], argument: unknown): Promise<Answer> {
    const id = ++this.#questions;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const listen = (answer: { id: number; value?: Answer; error?: string }) => {
      if (answer.id !== id) return;
      this.#child.off("message", listen);
      if (answer.error === undefined) resolve(answer.value as Answer);
      else reject(new Error(answer.error));
    };
    this.#child.on("message", listen);
    this.#child.send({ id, method, argument });
    return promise;
  }
}

/** One cluster of real servers, and workers that come and go. */
export class Arena implements AsyncDisposable {
  readonly folder: string;
  readonly servers: Servers;
  readonly store: string;
  worker: WorkerProcess;
  readonly #workers: WorkerProcess[];

  private constructor(folder: string, store: string, worker: WorkerProcess) {
    this.folder = folder;
    this.servers = new Servers(`${folder}/pg`, [local()]);
    this.store = store;
    this.worker = worker;
    this.#workers = [worker];
  }

  /** `server`: the store is a Postgres of its own, which several workers can use; else it is embedded. */
  static async create(options: { sync: Sync; standbys: number; server?: true }): Promise<Arena> {
    const folder = await mkdtemp("/tmp/fettle-pg-");
    await chmod(folder, 0o755);
    const store = options.server ? await createStore(folder) : `${folder}/store`;
    const arena = new Arena(folder, store, await WorkerProcess.start(folder, store));
    const input = { name, sync: options.sync, standbys: options.standbys };
    await arena.worker.ask("start", { machine: "postgres/cluster", key: name, input, by: "test", why: "to break it" });
    await arena.untilWhole();
    return arena;
  }

  /** Another worker, which is asked from now on. */
  async startWorker(): Promise<void> {
    this.worker = await WorkerProcess.start(this.folder, this.store);
    this.#workers.push(this.worker);
  }

  async topology(): Promise<Topology> {
    const { data } = await this.worker.ask<InstanceDetail>("show", { machine: "postgres/cluster", key: name });
    return topology.parse(data);
  }

  async login(): Promise<Login> {
    const [server] = await this.servers.all(await this.topology());
    return { user: "app", password: server?.secrets.app ?? "", database: name };
  }

  async ledger(): Promise<Ledger> {
    const all = await this.servers.all(await this.topology());
    return new Ledger(
      all.map((server) => server.address),
      await this.login(),
    );
  }

  /** As redundant as it was asked to be, by the store, which a worker that has just died leaves behind the truth; and the client writes. */
  async untilWhole(ledger?: Ledger): Promise<void> {
    const end = Date.now() + 120_000;
    for (let calm = 0, before = 0; calm < 5; ) {
      const { state } = await this.worker.ask<InstanceDetail>("show", { machine: "postgres/cluster", key: name });
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

  /** Of the numbers that were acknowledged, those that the primary does not have. */
  async missing(acknowledged: readonly number[]): Promise<number[]> {
    const cluster = await this.topology();
    const primary = await this.servers.of(cluster, cluster.primary);
    const rows = await withSession(primary.address, await this.login(), (session) =>
      session.query<{ number: number }>("select number from ledger"),
    );
    const kept = new Set(rows.map(({ number }) => number));
    return acknowledged.filter((number) => !kept.has(number));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.#workers) await worker.kill();
    const host = await this.servers.firstHost();
    const places = [..."abc"].map((member) => placeOf(this.servers.root, name, member));
    for (const place of [...places, storePlace(this.folder)]) await killServer({ host, place }, new AbortController().signal);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const storePlace = (folder: string) => placeOf(folder, "store", "a");

async function createStore(folder: string): Promise<string> {
  const host = await local().open();
  await host.files.makeFolder(`${folder}/store`, "all");
  const secrets = makeSecrets();
  const address = { host: host.address, port: await host.freePort([]) };
  const server = { member: "a", host, place: storePlace(folder), programs: await host.programs(), secrets, address };
  await createPrimary(server, "store", new AbortController().signal);
  return `postgresql://app:${secrets.app}@${address.host}:${address.port}/store`;
}
