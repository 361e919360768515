import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient, openStore } from "@fettle/engine";
import { exampleData, listener, probe, sleeper, watcher } from "./machines.ts";
import type { Progress } from "./worker-process.ts";

/** A worker in a process of its own. Leaving the block kills it, as a power cut would. */
export class WorkerProcess implements AsyncDisposable {
  progress: Progress = { entered: 0, probed: 0, lastProbedAt: 0 };
  readonly #child: ChildProcess;

  /** On its connected store; the worker has not begun. */
  static async open(url: string): Promise<WorkerProcess> {
    const opened = new WorkerProcess(fork(join(import.meta.dirname, "worker-process.ts"), [url]));
    await Promise.race([once(opened.#child, "message"), opened.#ended()]);
    opened.#child.on("message", (progress: Progress) => {
      opened.progress = progress;
    });
    return opened;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  begin(): void {
    this.#child.send("begin");
  }

  async until(holds: (progress: Progress) => boolean): Promise<void> {
    while (!holds(this.progress)) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) await this.#ended();
      await sleep(20);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }

  async #ended(): Promise<never> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
    throw new Error(`The worker's process ended with ${this.#child.signalCode ?? this.#child.exitCode}`);
  }
}

/** One instance of each machine, for the others to be copied from. */
export async function startOneOfEach(url: string): Promise<void> {
  const machines = [sleeper, watcher, probe].map((make) => make(() => undefined));
  await using store = await openStore({ url });
  const client = createClient({ store, machines: [...machines, listener()] });
  for (const { name } of machines) await client.start({ machine: name, key: "one", input: exampleData, by: "bench", why: "" });
}
