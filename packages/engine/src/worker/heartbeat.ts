import { type Duration, milliseconds } from "../machine/duration.ts";
import type { Log } from "./options.ts";

export interface HeartbeatOptions {
  /** Asked with GET. A service there calls a person when it hears nothing more. */
  readonly url: string;
  readonly every: Duration;
}

const patience = 10_000;

/** Tells somebody outside that a worker lives and that the store takes what it writes: when all are dead, no worker can say so. */
export class Heartbeat {
  readonly #url: string;
  readonly #every: number;
  readonly #log: Log;
  #nextAt = Number.NEGATIVE_INFINITY;
  #isFailing = false;
  #asking = Promise.resolve();

  constructor({ url, every }: HeartbeatOptions, log: Log) {
    this.#url = url;
    this.#every = milliseconds(every);
    this.#log = log;
  }

  /** `now` is of a clock that only goes forward, in milliseconds. Nobody waits for the answer: whoever is not heard is missed there. */
  beat(now: number, leaving: AbortSignal): void {
    if (now < this.#nextAt) return;
    this.#nextAt = now + this.#every;
    this.#asking = this.#asking.then(() => this.#ask(leaving)).then((failure) => this.#note(failure));
  }

  settled(): Promise<void> {
    return this.#asking;
  }

  #note(failure: string | undefined): void {
    if (failure !== undefined && !this.#isFailing) this.#log(`The heartbeat does not get through: ${failure}; it is sent again`);
    this.#isFailing = failure !== undefined;
  }

  /** The address may hold a secret: it is never told. */
  async #ask(leaving: AbortSignal): Promise<string | undefined> {
    try {
      const response = await fetch(this.#url, { signal: AbortSignal.any([leaving, AbortSignal.timeout(patience)]) });
      await response.body?.cancel();
      return response.ok ? undefined : `the answer was ${response.status}`;
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return cause instanceof Error ? ("code" in cause ? String(cause.code) : cause.name) : "it failed";
    }
  }
}
