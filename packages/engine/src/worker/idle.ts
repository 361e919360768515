import { spell } from "../machine/duration.ts";
import { calmAlarm, raiseAlarm } from "../store/alarm.ts";
import { oldestUnanswered } from "../store/oldest-unanswered.ts";
import { lastChange } from "../store/read-history.ts";
import type { Session } from "../store/session.ts";

const cause = "idle";

/**
 * Pages when something is due and nobody commits anything: an engine that is idle and should not be. Due is what waits in any worker's
 * inbox, or what this worker's own schedule is behind with.
 */
export class IdleAlarm {
  readonly #session: Session;
  readonly #patience: number;
  /** How far this worker is behind, in milliseconds. */
  readonly #lag: () => number;
  #change = -1;
  #changedAt = 0;
  #nextAt = 0;
  #isIdle = false;

  constructor(session: Session, patience: number, lag: () => number) {
    this.#session = session;
    this.#patience = patience;
    this.#lag = lag;
  }

  /** `now` is of a clock that only goes forward, in milliseconds. Returns whether the engine is idle and should not be. */
  async look(now: number): Promise<boolean> {
    if (now >= this.#nextAt) this.#isIdle = await this.#isIdleNow(now);
    return this.#isIdle;
  }

  async #isIdleNow(now: number): Promise<boolean> {
    this.#nextAt = now + this.#patience / 10;
    const change = await lastChange(this.#session);
    if (change !== this.#change) {
      this.#change = change;
      this.#changedAt = now;
    }
    const stillFor = now - this.#changedAt;
    const behind = stillFor > this.#patience ? Math.max(this.#lag(), await oldestUnanswered(this.#session)) : 0;
    if (behind <= this.#patience) {
      await calmAlarm(this.#session, cause);
      return false;
    }
    await raiseAlarm(this.#session, {
      cause,
      part: "fettle/workers",
      name: "idle",
      code: "ENGINE_IDLE",
      say: `Something has been due for ${spell(behind)}, and nothing was committed for ${spell(stillFor)}`,
      severity: "critical",
    });
    return true;
  }
}
