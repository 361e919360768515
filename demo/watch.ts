import { setTimeout as sleep } from "node:timers/promises";
import type { HistoryEntry } from "@fettle/engine";
import type { Fettle } from "./fettle.ts";

/** Follows what is committed, over HTTP; while fettle is down it tries again. */
export class Watch implements AsyncDisposable {
  readonly #fettle: Fettle;
  readonly #listeners = new Set<(entry: HistoryEntry) => void>();
  readonly #running: Promise<void>;
  #last: string;
  #isStopping = false;

  private constructor(fettle: Fettle, last: string) {
    this.#fettle = fettle;
    this.#last = last;
    this.#running = this.#run();
  }

  static async start(fettle: Fettle): Promise<Watch> {
    return new Watch(fettle, (await fettle.changes()).last);
  }

  /** Calls for each change of state from now on, until the returned function is called. */
  listen(listener: (entry: HistoryEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when an instance of the machine enters the state. */
  enters(machine: string, state: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.listen((entry) => {
      if (entry.machine !== machine || entry.to !== state) return;
      stop();
      resolve();
    });
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      for (const entry of await this.#read()) {
        if (entry.to !== null) for (const listener of this.#listeners) listener(entry);
      }
      await sleep(15);
    }
  }

  async #read(): Promise<readonly HistoryEntry[]> {
    try {
      const { entries, last } = await this.#fettle.changes(this.#last);
      this.#last = last;
      return entries;
    } catch {
      // It is being killed or started, which is part of the demo; that it comes back is waited for elsewhere, with a limit.
      return [];
    }
  }
}
