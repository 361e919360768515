import { openStore, startWorker } from "../src/index.ts";
import { chaosMachines } from "./chaos-machines.ts";

/** A worker in a process of its own, for tests that kill and freeze it. Says `ready` on its standard output. */
const url = process.env.FETTLE_TEST_STORE ?? "";
const named = new URL(url);
named.searchParams.set("application_name", `worker-${process.pid}`);
const store = await openStore({ url: named.href });
const worker = await startWorker({
  store,
  machines: chaosMachines(url),
  lease: "1s",
  log: (line) => process.stderr.write(`${process.pid} ${line}\n`),
});
process.on("SIGTERM", () => {
  void worker[Symbol.asyncDispose]()
    .then(() => store[Symbol.asyncDispose]())
    .then(() => process.exit(0));
});
process.stdout.write("ready\n");
await worker.ended;
