/** A worker with its store in a process of its own, so that it can be killed; answers questions over IPC. */
import { createClient, openStore, startWorker } from "@fettle/engine";
import { postgres } from "../src/fleet.ts";
import { local } from "../src/host/local.ts";

export interface Question {
  readonly id: number;
  readonly method: "show" | "start" | "history";
  readonly argument: unknown;
}

const [folder = "", where = ""] = process.argv.slice(2);
const { machines } = postgres({ folder, hosts: [local()] });
const store = await openStore(where.startsWith("postgresql:") ? { url: where } : { folder: where });
const client = createClient({ store, machines });
await startWorker({ store, machines, log: (line) => console.error(line), pager: async (page) => console.error(`PAGE ${page.say}`) });

process.on("message", async ({ id, method, argument }: Question) => {
  // The test asks only what these three take.
  const answer = await client[method](argument as never).then(
    (value) => ({ id, value }),
    (error: unknown) => ({ id, error: String(error) }),
  );
  process.send?.(answer);
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
