/** A process with a worker for the machines of a population. Its parent is start-worker.ts; its argument is the URL of the store. */
import { createHash } from "node:crypto";
import { openStore, startWorker } from "@fettle/engine";
import { listener, probe, sleeper, watcher } from "./machines.ts";

export interface Progress {
  /** Handlers begun. */
  readonly entered: number;
  /** Ranges of slots in which a probe was begun, and when the last of them was first: milliseconds since 1970. */
  readonly probed: number;
  readonly lastProbedAt: number;
}

let entered = 0;
let lastProbedAt = 0;
const probed = new Set<number>();

function note(machine: string, key: string): void {
  entered++;
  if (machine !== "bench/probe") return;
  const slot = Number.parseInt(createHash("md5").update(`${machine} ${key}`).digest("hex").slice(0, 3), 16);
  const range = Math.floor(slot / 64);
  if (probed.has(range)) return;
  probed.add(range);
  lastProbedAt = Date.now();
}

const [url = ""] = process.argv.slice(2);
const store = await openStore({ url });
process.send?.("open");
process.once("message", () => {
  startWorker({ store, machines: [sleeper(note), watcher(note), probe(note), listener()] }).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
  setInterval(() => process.send?.({ entered, probed: probed.size, lastProbedAt } satisfies Progress), 50);
});
process.on("disconnect", () => process.exit(1));
