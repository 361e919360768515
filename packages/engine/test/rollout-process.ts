import { openStore, startWorker } from "../src/index.ts";
import { repairs } from "./rollout-machines.ts";

/** A worker in a process of its own, for tests that kill it in the middle of a rollout. Says `ready` on its standard output. */
const store = await openStore({ url: process.env.FETTLE_TEST_STORE ?? "" });
const worker = await startWorker({
  store,
  machines: repairs(new Set()),
  lease: "1s",
  log: (line) => process.stderr.write(`${process.pid} ${line}\n`),
});
process.stdout.write("ready\n");
await worker.ended;
