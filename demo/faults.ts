import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { dataOf, processesOf, signal } from "./cluster.ts";
import type { Fettle } from "./fettle.ts";

/** What may be done with the fault while it is mended. */
export interface Scene {
  readonly fettle: Fettle;
  readonly name: string;
  /** The member that is the primary. */
  readonly primary: string;
  /** The sentence that tells what is done; the clock of the fault starts when it returns. */
  say(sentence: string): void;
  /** Resolves when the machine enters the state. */
  enters(machine: string, state: string): Promise<void>;
}

export interface Fault {
  readonly name: string;
  /** The machine that mends it. */
  readonly mender: "restart" | "failover";
  happen(scene: Scene): Promise<void>;
}

export const faults: readonly Fault[] = [
  {
    name: "primary killed",
    mender: "restart",
    async happen({ fettle, name, primary, say }) {
      const [first] = await processesOf(fettle, name, primary);
      say(`kill -9 of the primary ${primary}, process ${first}`);
      if (first) signal(first, "SIGKILL");
    },
  },
  {
    name: "data deleted",
    mender: "failover",
    async happen(scene) {
      scene.say(`the data of the primary ${scene.primary} is deleted, and it is killed`);
      await destroyPrimary(scene);
    },
  },
  {
    name: "primary frozen",
    mender: "restart",
    async happen({ fettle, name, primary, say }) {
      const all = await processesOf(fettle, name, primary);
      say(`SIGSTOP of all ${all.length} processes of the new primary ${primary}: it takes connections and says nothing`);
      for (const pid of all) signal(pid, "SIGSTOP");
    },
  },
  {
    name: "fettle killed too",
    mender: "failover",
    async happen(scene) {
      scene.say(`the data of the primary ${scene.primary} is deleted again, and in the middle of the failover fettle itself is killed`);
      const fencing = scene.enters("postgres/failover", "fencing");
      await destroyPrimary(scene);
      await fencing;
      const { pid } = scene.fettle;
      await scene.fettle.kill();
      scene.say(`kill -9 of fettle, process ${pid}; a second later it is started again`);
      await sleep(1_000);
      await scene.fettle.up();
    },
  },
];

async function destroyPrimary({ fettle, name, primary }: Scene): Promise<void> {
  const all = await processesOf(fettle, name, primary);
  await rm(dataOf(fettle, name, primary), { recursive: true, force: true, maxRetries: 5 });
  for (const pid of all) signal(pid, "SIGKILL");
}
