import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient, FettleError, type Machine, machine, none, openStore, startWorker } from "@fettle/engine";
import { z } from "zod";
import type { Inbound } from "../src/inbound.ts";
import { type Dashboard, serveDashboard } from "../src/index.ts";

/** What the handlers find when they look. */
export interface Outside {
  up: boolean;
}

function failover(outside: Outside): Machine {
  const made = machine({
    name: "pg/failover",
    about: "Puts a standby in the place of a primary that is gone",
    data: z.object({ cluster: z.string(), candidate: z.string().optional() }),
    signals: { destroy: none, prefer: z.object({ candidate: z.string() }) },
    start: "confirming",
    transitions: { confirming: ["fencing", "recovered"], fencing: ["promoting"], promoting: ["recovered"], recovered: [] },
    policy: { fencing: { timeout: "5s", retry: { attempts: 2, first: "50ms" } } },
    deadlines: [{ reach: "recovered", within: "5m", page: { severity: "critical", say: "failover is late" } }],
    note: ({ candidate }) => candidate && `prefers ${candidate}`,
    states: {
      async confirming(it) {
        return it.to("fencing");
      },
      async fencing(it) {
        if (outside.up) return it.to("promoting");
        throw new FettleError("SSH_TIMEOUT", "Cannot reach db-7 over SSH: no answer in 10s", { fix: "Switch db-7 on" });
      },
      async promoting(it) {
        const preferred = it.take("prefer");
        return preferred ? it.to("recovered", preferred) : it.wait("1h");
      },
      async recovered(it) {
        return it.done({ healthy: true });
      },
    },
  });
  return made;
}

/** What alerts do here. */
export const alerts: Inbound = {
  secret: "a secret of the tests",
  rules: [
    {
      match: { alertname: "PostgresDown" },
      start: { machine: "pg/failover", key: "instance", input: ({ labels }) => ({ cluster: labels["cluster"] ?? "" }) },
      resolved: "destroy",
    },
    {
      match: ({ labels }) => labels["alertname"] === "Prefers",
      signal: { machine: "pg/failover", key: ({ labels }) => `${labels["to"]}`, name: "prefer", payload: () => ({ candidate: "db-2" }) },
    },
  ],
};

export interface World extends AsyncDisposable {
  readonly outside: Outside;
  readonly client: Client;
  readonly url: string;
  /** Stops serving, or serves again on the same port. */
  stopServing(): Promise<void>;
  serveAgain(): Promise<void>;
  /** Starts a failover of that key. */
  start(key: string, labels?: Record<string, string>): Promise<void>;
  /** Waits for an instance to be in a state, or in a status. */
  reached(key: string, goal: string): Promise<void>;
}

/** An embedded store, a worker and a dashboard of their own, with one machine that gets stuck while the outside is down, and those given. */
export async function startWorld(more: readonly Machine[] = []): Promise<World> {
  const outside: Outside = { up: false };
  const machines = [failover(outside), ...more];
  await using made = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "fettle-dashboard-"));
  made.defer(() => rm(folder, { recursive: true, force: true }));
  const store = made.use(await openStore({ folder }));
  const client = createClient({ store, machines });
  made.use(await startWorker({ store, machines, log: () => undefined, pager: async () => undefined }));
  const options = { client, machines, log: console.error, environment: "test", alerts };
  let dashboard: Dashboard = await serveDashboard({ ...options, port: 0 });
  const { url } = dashboard;
  made.defer(() => dashboard[Symbol.asyncDispose]());
  const owned = made.move();
  return {
    outside,
    client,
    url,
    async stopServing() {
      await dashboard[Symbol.asyncDispose]();
    },
    async serveAgain() {
      dashboard = await serveDashboard({ ...options, port: Number(new URL(url).port) });
    },
    async start(key, labels = {}) {
      await client.start({ machine: "pg/failover", key, input: { cluster: key }, labels, by: "monitor", why: "3 checks failed" });
    },
    reached: (key, goal) =>
      until(`${key} is ${goal}`, async () => {
        const { state, status } = await client.show({ key });
        return state === goal || status === goal;
      }),
    async [Symbol.asyncDispose]() {
      await owned.disposeAsync();
    },
  };
}

/** Asks each 20 ms until it is so; throws after ten seconds. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const latest = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > latest) throw new Error(`Waited 10s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
