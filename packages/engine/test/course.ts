import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Client, createClient, FettleError, machine, openStore, type StartRequest, type Status, startWorker } from "../src/index.ts";
import { complaints } from "./checker.ts";
import { type Looks, looksAt, type PostgresServer } from "./postgres-server.ts";
import { until } from "./stores.ts";
import { type Fault, type Sent, startWireProxy } from "./wire-proxy.ts";

const who = { by: "test", why: "" };
const children = ["left", "right"];

/** Counts its transitions, and uses of the engine what a commit can carry: timers, children, signals to others, deadlines, pages. */
const child = machine({
  name: "point/child",
  data: z.object({ moves: z.number() }),
  signals: { hello: z.string() },
  start: "one",
  transitions: { one: ["two"], two: [] },
  states: {
    one: async (it) => it.to("two", { moves: it.data.moves + 1 }),
    two: async (it) => (it.take("hello") ? it.done(it.data.moves) : it.wait("10m", {})),
  },
});
const walk = machine({
  name: "point/walk",
  data: z.object({ moves: z.number(), slept: z.boolean() }),
  signals: { go: z.number() },
  start: "spawning",
  transitions: { spawning: ["meeting"], meeting: ["sleeping"], sleeping: ["asking"], asking: ["ending"], ending: [] },
  deadlines: [{ in: ["meeting"], reach: "ending", within: "10m", page: { severity: "warning", say: "the walk is late" } }],
  states: {
    async spawning(it) {
      for (const name of children) it.spawn(child, { key: `${it.key}-${name}`, input: { moves: 0 } });
      return it.to("meeting", { moves: it.data.moves + 1 });
    },
    async meeting(it) {
      const all = await it.children();
      if (all.every(({ status }) => status === "done")) return it.to("sleeping", { moves: it.data.moves + 1 });
      if (all.some(({ state, status }) => state === "two" && status !== "done")) {
        for (const name of children) it.send({ machine: child, key: `${it.key}-${name}` }, "hello", "from the parent");
      }
      return it.wait("100ms");
    },
    async sleeping(it) {
      if (it.data.slept) return it.to("asking", { moves: it.data.moves + 1 });
      return it.wait("50ms", { slept: true });
    },
    async asking(it) {
      const go = it.take("go");
      if (go === undefined) return it.stuck("it waits for a person's go");
      it.page({ severity: "info", say: `${it.key} goes on` });
      return it.to("ending", { moves: it.data.moves + 1 });
    },
    ending: async (it) => it.done(it.data.moves),
  },
});
const machines = [walk, child];

/**
 * The database that each run begins with: instances in the middle of their way, and every range leased by a worker that is dead.
 * Returns its URL, as a template.
 */
export async function theDeadWorkersDatabase(server: PostgresServer): Promise<string> {
  const url = await server.database();
  const store = await openStore({ url });
  const client = createClient({ store, machines });
  await client.start(started("left behind stuck"));
  const worker = await startWorker({ store, machines, log: () => {} });
  await until("it is stuck", async () => (await client.list({ status: "stuck" })).total === 1);
  await worker[Symbol.asyncDispose]();
  await client.start(started("left behind at its start"));
  await store.reads.query(`
    insert into fettle.worker (id, host, pid, expires) values ('00000000-0000-4000-8000-000000000000', 'gone', 1, clock_timestamp());
    update fettle.lease set epoch = epoch + 1, owner = '00000000-0000-4000-8000-000000000000'`);
  // A sequence has a few numbers more than its page says, on the word of a WAL record that a copy of the database has not: a crash
  // would give them out twice. After setval the page is true.
  await store.reads.query(
    `select setval(format('%I.%I', schemaname, sequencename)::regclass, coalesce(last_value, start_value), last_value is not null)::text
     from pg_sequences where schemaname = 'fettle'`,
  );
  await store[Symbol.asyncDispose]();
  return url;
}

export interface Course {
  /** Every statement, in order. */
  readonly sent: readonly Sent[];
  readonly log: readonly string[];
  /** Empty when everything holds. */
  readonly broken: readonly string[];
}

/**
 * Takes a dead worker's instances over, starts another, and brings all to their end as a person and a worker would, with every
 * connection through a proxy that does harm where `faultAt` says. Whoever gets no answer asks again.
 */
export async function course(server: PostgresServer, template: string, faultAt: (sent: Sent) => Fault | undefined): Promise<Course> {
  const url = await server.database(template);
  await using proxy = await startWireProxy(server.port, faultAt);
  const log: string[] = [];
  const store = await persist(() => openStore({ url: proxy.url(url) }));
  const worker = await persist(() => startWorker({ store, machines, lease: "4s", log: (line) => void log.push(line) }));
  const broken: string[] = [];
  // Past the proxy, so that the points are those of the engine and its callers, not of the test.
  await using looks = looksAt(url);
  try {
    const client = createClient({ store, machines });
    await persist(() => client.start({ ...started("started now"), ifRunning: "keep", ifDone: "keep" }));
    await Promise.all(keys.map((key) => bringToItsEnd(client, looks, key)));
    await until("the lease has been renewed", () => proxy.seen.some(({ text }) => text.includes("update fettle.worker set expires")));
  } catch (error) {
    broken.push(String(error), ...log);
  }
  await worker[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  // Postgres may be restarting still.
  broken.push(...(await persist(() => heirsComplaints(url, looks))), ...(await persist(() => complaints(url))));
  await persist(() => server.drop(url));
  return { sent: [...proxy.seen], log, broken };
}

const keys = ["left behind stuck", "left behind at its start", "started now"];

function started(key: string): StartRequest {
  return { machine: walk.name, key, input: { moves: 0, slept: false }, ...who };
}

async function bringToItsEnd(client: Client, looks: Looks, key: string): Promise<void> {
  const ref = { machine: walk.name, key };
  const reaches = (status: Status) =>
    until(`${key} is ${status}`, async () => {
      const text = "select from fettle.instance where machine = $1 and key = $2 and status = $3";
      return (await persist(() => looks.at(text, [walk.name, key, status]))).length > 0;
    });
  await reaches("stuck");
  await persist(() => client.signal({ ref, signal: "go", payload: 1, ...who }));
  // A retry whose answer was lost may have been heard, and the run may be done.
  await persist(() => client.retry(ref, who)).catch((error: unknown) => {
    if (!(error instanceof FettleError && error.code === "NOT_RUNNING")) throw error;
  });
  await reaches("done");
}

/** Asks again while the store is away, as whoever starts a worker, and every caller, does. */
async function persist<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let left = 100; ; left--) {
    try {
      return await ask();
    } catch (error) {
      // What the test itself asks past the proxy fails with the errors of the driver.
      if ((error instanceof FettleError && error.code !== "STORE_AWAY") || left === 0) throw error;
      await sleep(50);
    }
  }
}

/** The next worker finds every range free, or free once the lease has ended, and every instance in order. */
async function heirsComplaints(url: string, looks: Looks): Promise<string[]> {
  await using store = await openStore({ url });
  await using _worker = await startWorker({ store, machines, log: () => {} });
  await until("the heir has every range", async () => (await createClient({ store, machines }).workers()).at(-1)?.slots === 4096);
  const rest = await looks.at(
    "select key, state, status, result from fettle.instance where status <> 'done' or result <> case machine when $1 then '4' else '1' end",
    [walk.name],
  );
  // No handler of these throws: the store being away is not their failure.
  const failures = await looks.at("select kind, detail from fettle.history where kind = 'failed'");
  return [
    ...rest.map((row) => `not at its end, or not by its way: ${JSON.stringify(row)}`),
    ...failures.map((row) => `a retry was spent: ${JSON.stringify(row)}`),
  ];
}
