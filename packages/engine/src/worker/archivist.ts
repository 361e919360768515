import { milliseconds } from "../machine/duration.ts";
import { keepHistory } from "../store/keep-history.ts";
import { type Session, StatementRefused } from "../store/session.ts";
import type { Log, WorkerOptions } from "./options.ts";

const everyHour = 3_600_000;
const aMinute = 60_000;
/** Somebody reads history just now. */
const inUse = "55P03";

/** Has room made for the history to come, and drops what is older than is kept; of all workers the one that holds the first range does. */
export class Archivist {
  readonly #session: Session;
  readonly #keep: number;
  readonly #isInCharge: () => boolean;
  readonly #log: Log;
  #at = Number.NEGATIVE_INFINITY;

  /** Throws BAD_DURATION. */
  constructor(session: Session, keep: WorkerOptions["keepHistory"], isInCharge: () => boolean, log: Log) {
    this.#session = session;
    this.#keep = milliseconds(keep ?? "90d");
    this.#isInCharge = isInCharge;
    this.#log = log;
  }

  /** `now` is of any clock that only goes forward, in milliseconds. */
  async look(now: number): Promise<void> {
    if (now < this.#at || !this.#isInCharge()) return;
    this.#at = now + everyHour;
    try {
      await keepHistory(this.#session, this.#keep);
    } catch (error) {
      if (!(error instanceof StatementRefused)) throw error;
      if (error.sqlState === inUse) this.#at = now + aMinute;
      else this.#log(`History older than is kept could not be dropped (${error.message}); trying again in an hour`, { level: "warning" });
    }
  }
}
