import { createClient, machine, openStore, startWorker, type Worker } from "@fettle/engine";
import { z } from "zod";
import { startKeys } from "../population/start-keys.ts";
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
    load: () =>
      startKeys(store.lanes, { machine: "bench/four", state: "one", data: JSON.stringify(dataOf("KEY")), from: 1, to: work.keys }),
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
