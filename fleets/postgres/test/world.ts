import assert from "node:assert/strict";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Client,
  createClient,
  type Fleet,
  type InstanceDetail,
  openStore,
  type Page,
  type Store,
  startWorker,
  type Worker,
} from "@fettle/engine";
import { Servers } from "../src/cluster/servers.ts";
import { type Sync, type Topology, topology } from "../src/cluster/topology.ts";
import { postgres } from "../src/fleet.ts";
import { local } from "../src/host/local.ts";
import { placeOf } from "../src/server/place.ts";
import { killServer, postmasterOf, processesOf } from "../src/server/processes.ts";
import { controlLogin } from "../src/server/secrets.ts";
import type { Server } from "../src/server/server.ts";
import { type Session, withSession } from "../src/server/session.ts";
import { Ledger } from "./ledger.ts";

/** A store, a worker and one cluster of real servers, in a folder of its own. */
export class World implements AsyncDisposable {
  readonly name = "prod-1";
  readonly folder: string;
  readonly servers: Servers;
  readonly fleet: Fleet;
  readonly client: Client;
  readonly pages: Page[] = [];
  readonly log: string[] = [];
  readonly #store: Store;
  #worker: Worker | undefined;

  private constructor(folder: string, store: Store, root: string) {
    this.folder = folder;
    this.fleet = postgres({ folder: root, hosts: [local()] });
    this.servers = new Servers(root, [local()]);
    this.#store = store;
    this.client = createClient({ store, machines: this.fleet.machines });
  }

  /** A store and a worker. `within` is where clusters are to go, in the world's own folder or absolute. */
  static async open(within = "pg"): Promise<World> {
    const folder = await mkdtemp("/tmp/fettle-pg-");
    await chmod(folder, 0o755);
    const world = new World(folder, await openStore({ folder: `${folder}/store` }), resolve(folder, within));
    await world.startWorker();
    return world;
  }

  /** Resolves when the cluster is as redundant as it was asked to be. */
  static async create(options: { standbys: number; sync: Sync }): Promise<World> {
    const world = await World.open();
    try {
      await world.start(options);
      await world.untilProtected();
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  async start(options: { standbys: number; sync: Sync }): Promise<void> {
    const input = { name: this.name, ...options };
    await this.client.start({ machine: "postgres/cluster", key: this.name, input, by: "test", why: "to test it" });
  }

  async startWorker(): Promise<void> {
    this.#worker = await startWorker({
      store: this.#store,
      machines: this.fleet.machines,
      log: (line) => this.log.push(line),
      pager: async (page) => {
        this.pages.push(page);
      },
    });
  }

  async stopWorker(): Promise<void> {
    await this.#worker?.[Symbol.asyncDispose]();
    this.#worker = undefined;
  }

  show(machine: string, key = this.name): Promise<InstanceDetail> {
    return this.client.show({ machine: `postgres/${machine}`, key });
  }

  async topology(): Promise<Topology> {
    return topology.parse((await this.show("cluster")).data);
  }

  /** The states that an instance has walked, oldest first. */
  async walked(machine: string, key = this.name): Promise<string[]> {
    const entries = await this.client.history({ machine: `postgres/${machine}`, key });
    return entries
      .filter(({ kind }) => kind === "started" || kind === "moved")
      .map(({ to }) => to ?? "")
      .reverse();
  }

  async until(what: string, holds: () => Promise<boolean>, ms = 30_000): Promise<void> {
    const end = Date.now() + ms;
    for (;;) {
      if (await holds()) return;
      if (Date.now() > end) assert.fail(`Not within ${ms}ms: ${what}\n${this.log.slice(-20).join("\n")}`);
      await sleep(20);
    }
  }

  untilProtected(): Promise<void> {
    return this.until("every standby may become primary", async () => {
      const { state } = await this.show("cluster");
      if (state === "abandoned") assert.fail(this.log.join("\n"));
      const { electable, standbys, members, primary } = await this.topology();
      return (
        state === "available" &&
        primary !== "" &&
        electable.length === standbys &&
        Object.values(members).every((member) => member.state === "ready")
      );
    });
  }

  async primary(): Promise<Server> {
    const cluster = await this.topology();
    return this.servers.of(cluster, cluster.primary);
  }

  async member(name: string): Promise<Server> {
    return this.servers.of(await this.topology(), name);
  }

  async ledger(): Promise<Ledger> {
    const servers = await this.servers.all(await this.topology());
    const password = servers[0]?.secrets.app ?? "";
    return new Ledger(
      servers.map((server) => server.address),
      { user: "app", password, database: this.name },
    );
  }

  /** Of the numbers that were acknowledged, those that the primary does not have. */
  async missing(acknowledged: readonly number[]): Promise<number[]> {
    const primary = await this.primary();
    const kept = await withSession(primary.address, { user: "app", password: primary.secrets.app, database: this.name }, (session) =>
      session.query<{ number: number }>("select number from ledger"),
    );
    const found = new Set(kept.map(({ number }) => number));
    return acknowledged.filter((number) => !found.has(number));
  }

  ask<Value>(server: Server, use: (session: Session) => Promise<Value>): Promise<Value> {
    return withSession(server.address, controlLogin(server.secrets), use);
  }

  async isWritable(server: Server): Promise<boolean> {
    return this.ask(server, async (session) => {
      const [row] = await session.query<{ recovering: boolean }>("select pg_is_in_recovery() as recovering");
      return row?.recovering === false;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopWorker();
    await this.client[Symbol.asyncDispose]();
    await this.#store[Symbol.asyncDispose]();
    const host = await this.servers.firstHost();
    const abort = new AbortController().signal;
    for (const member of "abc") {
      await killServer({ host, place: placeOf(this.servers.root, this.name, member) }, abort);
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export async function killPostmaster(server: Server): Promise<void> {
  const postmaster = await postmasterOf(server);
  assert(postmaster, "the server runs");
  process.kill(postmaster.pid, "SIGKILL");
}

export async function killAll(server: Server): Promise<void> {
  const all = await processesOf(server);
  await server.host.kill(
    all.map(({ pid }) => pid),
    "SIGKILL",
  );
}

export async function freeze(server: Server, scope: "postmaster" | "tree"): Promise<void> {
  const processes = scope === "tree" ? await processesOf(server) : [await postmasterOf(server)];
  for (const found of processes) if (found) process.kill(found.pid, "SIGSTOP");
}
