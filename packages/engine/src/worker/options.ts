import type { Duration } from "../machine/duration.ts";
import type { Machine } from "../machine/machine.ts";
import type { Store } from "../store/store.ts";
import type { HeartbeatOptions } from "./heartbeat.ts";
import type { PagerTest } from "./pager-test.ts";
import type { Paging } from "./way.ts";

/** Hears a line for people and, for programs, what it is about. */
export interface Log {
  (line: string, about?: LogFields): void;
  /** How it writes on standard error, for the watchdog's last words, which come when the thread of this function is blocked. Default `text`. */
  readonly format?: LogFormat;
}

/** Lines for people, or a JSON object a line for programs. */
export type LogFormat = "text" | "json";

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
  /** Whom a page calls. Default: a line in the log. */
  readonly pager?: Paging | undefined;
  /** A page that nobody acknowledges calls again after this. Default 30m. */
  readonly pagerRepeat?: Duration | undefined;
  /** When the ways are tested by themselves. Default never. */
  readonly pagerTest?: PagerTest | undefined;
  /** A request to an outside URL for as long as a worker lives. */
  readonly heartbeat?: HeartbeatOptions | undefined;
  /** Something due, and nothing committed by anybody for so long, is a page. Default 5m. */
  readonly idle?: Duration | undefined;
  /** History older than this is dropped, a week at a time. Default 90d. */
  readonly keepHistory?: Duration | undefined;
  /** Default: standard error. */
  readonly log?: Log;
  /** A dead worker's instances are taken over within this. Default 10s. */
  readonly lease?: Duration;
  /** Handlers that run at the same time, at most. Default 2,000. */
  readonly concurrency?: number;
}
