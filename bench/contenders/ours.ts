import { createClient, machine, openStore, type Store, startWorker, type Worker } from "@fettle/engine";
import { z } from "zod";
import { type Contender, dataOf, type Engine, type Entered, type Work } from "./contender.ts";

export const contender: Contender = {
  version: "fettle, this tree",
  setup: "as it comes, one worker",
  lacks: "-",
  share: 1,
  processes: 1,
  isQueue: false,
  hasOwnStore: false,
  open,
};

const data = z.object({
  cluster: z.string(),
  region: z.string(),
  primary: z.string(),
  candidate: z.string(),
  reason: z.string(),
  checks: z.number(),
});

function fourStates(endless: boolean, entered: Entered) {
  return machine({
    name: "bench/four",
    version: 1,
    data,
    start: "one",
    transitions: { one: ["two"], two: ["three"], three: ["four"], four: ["one"] },
    states: {
      async one(it) {
        entered("one", it.key);
        return it.to("two", { checks: it.data.checks + 1 });
      },
      async two(it) {
        entered("two", it.key);
        return it.to("three", { checks: it.data.checks + 1 });
      },
      async three(it) {
        entered("three", it.key);
        return it.to("four", { checks: it.data.checks + 1 });
      },
      async four(it) {
        entered("four", it.key);
        return endless ? it.to("one", { checks: it.data.checks + 1 }) : it.done();
      },
    },
  });
}

async function open(work: Work): Promise<Engine> {
  const store = await openStore({ url: work.url });
  const client = createClient({ store, machines: [fourStates(false, () => undefined)] });
  let worker: Worker | undefined;
  return {
    load: () => load(store, work.keys),
    async work(entered) {
      worker = await startWorker({ store, machines: [fourStates(work.endless, entered)] });
    },
    async left() {
      const [row] = await store.reads.query<{ left: number }>("select count(*)::int as left from fettle.instance where status <> 'done'");
      return row?.left ?? 0;
    },
    async start(key) {
      await client.start({ machine: "bench/four", key, input: dataOf(key), by: "bench", why: "" });
    },
    async [Symbol.asyncDispose]() {
      await worker?.[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** The SQL function that the client itself calls, for many keys in one statement. */
async function load(store: Store, keys: number): Promise<void> {
  const each = 5_000;
  const starts = Array.from({ length: Math.ceil(keys / each) }, (_, index) => index * each + 1);
  const lane = async (session: Store["reads"]) => {
    for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
      await session.query(startMany, [from, Math.min(from + each - 1, keys), JSON.stringify(dataOf("KEY"))]);
    }
  };
  await Promise.all(store.lanes.map(lane));
}

const startMany = `
  select count(s.instance)::int as started
  from generate_series($1::int, $2::int) n
  cross join lateral (select 'key-' || n as key) k
  cross join lateral fettle.start_run(
    ('x' || substr(md5('bench/four ' || k.key), 1, 3))::bit(12)::int,
    'bench/four', k.key, 1, 'one', replace($3, 'KEY', k.key), '{}', true, '[]', null, null, 'bench', ''
  ) s`;
