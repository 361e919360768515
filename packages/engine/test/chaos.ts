import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { createClient, openStore } from "../src/index.ts";
import { generator } from "../src/testing/explore.ts";
import { chaosMachines } from "./chaos-machines.ts";
import { complaints } from "./checker.ts";
import type { PostgresServer } from "./postgres-server.ts";

export interface Verdict {
  readonly acknowledged: number;
  readonly transitions: number;
  readonly faults: readonly string[];
  /** Empty when everything holds. */
  readonly broken: readonly string[];
}

const kinds = ["kill", "freeze", "cut", "stop"] as const;
const walks = 12;
const laps = 3;

/**
 * One seeded schedule on real processes: workers on one Postgres walk instances to their end while they are killed, frozen past
 * their lease, cut off and replaced. Then a checker compares what was acknowledged with what is in the tables.
 */
export async function chaosRun(server: PostgresServer, seed: number, workerFile: string): Promise<Verdict> {
  const random = generator(seed);
  const url = await server.database();
  await using store = await openStore({ url });
  await watchTables(url);
  const client = createClient({ store, machines: chaosMachines(url) });
  const faults: string[] = [];
  const workers = new Set<ChildProcess>();
  const hire = async () => {
    const worker = await hireWorker(url, workerFile);
    workers.add(worker);
    worker.once("exit", () => workers.delete(worker));
  };
  try {
    await Promise.all([hire(), hire()]);
    const keys = Array.from({ length: walks }, (_, index) => `walk-${index}`);
    for (const key of keys) {
      await client.start({ machine: "chaos/walk", key, input: { moves: 0, laps, heard: [] }, by: "chaos", why: "" });
    }
    const harm = async () => {
      for (let round = 0; round < 4; round++) {
        await sleep(50 + random() * 350);
        faults.push(await inject(random, [...workers], url, hire));
      }
    };
    await Promise.all([harm(), ...keys.map((key, index) => sendNumbers(client, key, generator(seed * 1000 + index)))]);
    await untilAllDone(client, hire, workers);
    return { ...(await check(url, keys)), faults, acknowledged: walks * 4 };
  } finally {
    for (const worker of workers) worker.kill("SIGKILL");
  }
}

/** Starts a worker in a process of its own; resolves when it holds a lease or has ended. */
export async function hireWorker(url: string, workerFile: string, environment: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [workerFile], {
    env: { ...process.env, ...environment, FETTLE_TEST_STORE: url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  worker.stderr?.resume();
  await Promise.race([once(createInterface(worker.stdout as NodeJS.ReadableStream), "line"), once(worker, "exit")]);
  return worker;
}

async function sendNumbers(client: ReturnType<typeof createClient>, key: string, random: () => number): Promise<void> {
  for (const number of [1, 2, 3]) {
    await sleep(random() * 500);
    await client.signal({ ref: { machine: "chaos/walk", key }, signal: "number", payload: number, by: "chaos", why: "" });
  }
}

async function inject(random: () => number, workers: readonly ChildProcess[], url: string, hire: () => Promise<void>): Promise<string> {
  const victim = workers[Math.floor(random() * workers.length)];
  const kind = kinds[Math.floor(random() * kinds.length)] ?? "kill";
  if (!victim?.pid) {
    await hire();
    return "hire";
  }
  switch (kind) {
    case "kill":
      victim.kill("SIGKILL");
      await hire();
      return "kill";
    case "stop":
      victim.kill("SIGTERM");
      await hire();
      return "stop";
    case "cut":
      await query(url, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", [`worker-${victim.pid}`]);
      return "cut";
    case "freeze": {
      victim.kill("SIGSTOP");
      await sleep(900 + random() * 2000);
      victim.kill("SIGCONT");
      return "freeze";
    }
  }
}

async function untilAllDone(
  client: ReturnType<typeof createClient>,
  hire: () => Promise<void>,
  workers: ReadonlySet<ChildProcess>,
): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (true) {
    const { counts } = await client.list({});
    if (counts.every((count) => count.status === "done")) return;
    if (Date.now() > deadline) throw new Error(`Not all instances came to their end: ${JSON.stringify(counts)}`);
    if (workers.size === 0) await hire();
    await sleep(20);
  }
}

/** Triggers of the test, not of fettle: who owned the slot at each transition, and who committed it, by the name of the connection. */
export async function watchTables(url: string): Promise<void> {
  await query(
    url,
    `create table attempt (token text not null, pid int not null);
     create table gate (pid int);
     create table registered (id uuid, application text);
     create table seen (history bigint, application text, owner uuid);
     create function note_worker() returns trigger language plpgsql as $$
       begin insert into registered values (new.id, current_setting('application_name')); return new; end $$;
     create trigger note_worker after insert on fettle.worker for each row execute function note_worker();
     create function note_history() returns trigger language plpgsql as $$
       begin
         insert into seen select new.id, current_setting('application_name'), l.owner from fettle.lease l where l.range = new.slot / 64;
         return new;
       end $$;
     create trigger note_history after insert on fettle.history for each row when (new.kind = 'moved') execute function note_history();`,
  );
}

/** Needs `watchTables`. */
export const staleCommits = `select s.* from seen s left join registered r on r.id = s.owner where s.application is distinct from r.application`;

async function check(url: string, keys: readonly string[]): Promise<Pick<Verdict, "transitions" | "broken">> {
  const broken = await complaints(url);
  const complain = async (what: string, text: string) => {
    for (const row of await query(url, text)) broken.push(`${what}: ${JSON.stringify(row)}`);
  };
  await complain("stale: committed by a worker that did not own the slot", staleCommits);
  await complain(
    "signals lost, doubled or out of order",
    `select key, data from fettle.instance where machine = 'chaos/walk' and data::json ->> 'heard' <> '[1,2,3]'`,
  );
  await complain("not started", `select k from unnest(array['${keys.join("','")}']) k where k not in (select key from fettle.instance)`);
  const [count] = await query(url, "select count(*)::int as count from fettle.history where kind = 'moved'");
  return { transitions: (count as { count: number }).count, broken };
}

async function query(url: string, text: string, values?: unknown[]): Promise<object[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}
