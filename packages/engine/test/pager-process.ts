import { z } from "zod";
import { machine, openStore, startWorker, webhook } from "../src/index.ts";

/** A worker in a process of its own, whose pages go to FETTLE_TEST_PAGER, for tests that kill it. Says `ready` on its standard output. */
const { FETTLE_TEST_STORE: url = "", FETTLE_TEST_PAGER: pager } = process.env;

export const breaks = machine({
  name: "breaks",
  data: z.object({}),
  start: "a",
  transitions: { a: [] },
  states: { a: async (it) => it.stuck(`${it.key} is broken`) },
});

if (import.meta.main) {
  const store = await openStore({ url });
  const ways = [webhook({ url: pager, secret: "a secret of the tests" })];
  const worker = await startWorker({
    store,
    machines: [breaks],
    pager: ways,
    lease: "1s",
    heartbeat: { url: `${pager}/alive`, every: "1s" },
  });
  process.stdout.write("ready\n");
  await worker.ended;
}
