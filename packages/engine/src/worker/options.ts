import type { Page } from "../client/client.ts";
import type { Duration } from "../machine/duration.ts";
import type { Machine } from "../machine/machine.ts";
import type { Store } from "../store/store.ts";

/** Brings a page to a person. It is called again in a minute when it throws. */
export interface Pager {
  (page: Page): Promise<void>;
  /** Throws when nobody can be reached this way. `fettle doctor` asks. */
  check?(): Promise<void>;
}

/** Hears a line for people and, for programs, what it is about. */
export type Log = (line: string, about?: LogFields) => void;

export interface LogFields {
  /** Default `info`. */
  readonly level?: "info" | "warning" | "error";
  readonly worker?: string;
  readonly machine?: string;
  readonly key?: string;
  readonly run?: number;
  readonly state?: string;
  readonly attempt?: number;
  readonly page?: number;
}

export interface WorkerOptions {
  readonly store: Store;
  readonly machines: readonly Machine[];
  /** Default: a line in the log. */
  readonly pager?: Pager;
  /** Default: standard error. */
  readonly log?: Log;
  /** A dead worker's instances are taken over within this. Default 10s. */
  readonly lease?: Duration;
  /** Handlers that run at the same time, at most. Default 2,000. */
  readonly concurrency?: number;
}
