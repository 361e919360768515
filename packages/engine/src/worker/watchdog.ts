import { Worker as Thread } from "node:worker_threads";
import type { StoreAddress } from "../store/store.ts";
import type { LogFormat } from "./options.ts";
import type { Vitals } from "./vitals.ts";

/** What the watchdog's thread is given. */
export interface Charge {
  readonly store: StoreAddress;
  readonly buffer: SharedArrayBuffer;
  /** Milliseconds. */
  readonly lease: number;
  readonly format: LogFormat;
}

export interface Watchdog extends AsyncDisposable {
  /** From now on, renews this worker's lease. */
  guard(worker: string): void;
  /** Rejects when the thread itself fails. */
  readonly failed: Promise<never>;
}

/**
 * Renews the lease from a thread that a busy handler cannot block, as long as the event loop that runs handlers turns. A process
 * whose loop stands still, or whose handlers go on when its lease has ended, is ended: the culprit is put on the attention list first.
 */
export function startWatchdog(store: StoreAddress, vitals: Vitals, lease: number, format: LogFormat): Watchdog {
  const charge: Charge = { store, buffer: vitals.buffer, lease, format };
  const thread = new Thread(new URL(import.meta.resolve("#watchdog-thread")), {
    workerData: charge,
    execArgv: [],
    transferList: store.kind === "embedded" ? [store.port] : [],
  });
  const failed = new Promise<never>((_, reject) => thread.once("error", reject));
  failed.catch(() => "told by the worker, whose end it is");
  const beat = setInterval(() => vitals.beat(), 100);
  return {
    failed,
    guard: (worker) => thread.postMessage(worker),
    async [Symbol.asyncDispose]() {
      clearInterval(beat);
      await thread.terminate();
    },
  };
}
