import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "../client/page.ts";
import { FettleError } from "../error.ts";
import { raiseAlarm } from "../store/alarm.ts";
import { type Claimed, claimDeliveries, releaseDelivery, settleDelivered, settleFailed } from "../store/deliveries.ts";
import type { Session } from "../store/session.ts";
import { failingCause } from "../store/ways.ts";
import type { Log } from "./options.ts";
import type { Notice, PlannedWay, Way } from "./way.ts";

/** A way that has not answered by then has failed. Milliseconds. */
export const patience = 10_000;
const mostAtOnce = 20;
/** So many failures of one delivery, and somebody should know that the way is broken. */
const failuresToTell = 3;

/** Brings what is to be told to the ways. Several workers do it side by side; each delivery is claimed by one of them. */
export class Courier implements AsyncDisposable {
  readonly #session: Session;
  readonly #ways: ReadonlyMap<string, Way>;
  readonly #log: Log;
  readonly #leaving = new AbortController();
  readonly #underWay = new Set<Promise<void>>();

  constructor(session: Session, ways: readonly PlannedWay[], log: Log) {
    this.#session = session;
    this.#ways = new Map(ways.map(({ way }) => [way.name, way]));
    this.#log = log;
  }

  /** Takes what is due on its way, and does not wait for it. */
  async setOut(): Promise<void> {
    const room = mostAtOnce - this.#underWay.size;
    if (room <= 0) return;
    // What is claimed is settled within its patience, or by whoever claims it after that.
    for (const claimed of await claimDeliveries(this.#session, [...this.#ways.keys()], room, 2 * patience)) {
      const way = this.#ways.get(claimed.via);
      if (!way) throw new Error(`BUG: claimed a delivery through ${claimed.via}, which this worker does not have`);
      const delivery = this.#deliver(way, claimed).catch((error: unknown) => {
        this.#log(`How the page ${claimed.page.id} went through ${way.name} could not be noted (${String(error)}); it is sent again`);
      });
      this.#underWay.add(delivery);
      void delivery.finally(() => this.#underWay.delete(delivery));
    }
  }

  /** What is on its way is given up, for other workers to try at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort(new FettleError("STOPPING", "The worker stops"));
    await Promise.all(this.#underWay);
  }

  async #deliver(way: Way, claimed: Claimed): Promise<void> {
    try {
      await tell(way, noticeOf(claimed), this.#leaving.signal);
    } catch (error) {
      if (this.#leaving.signal.aborted) return releaseDelivery(this.#session, claimed.id);
      return this.#fail(way, claimed, error instanceof Error ? error.message : String(error));
    }
    await settleDelivered(this.#session, claimed.id);
  }

  async #fail(way: Way, { id, page, act, attempts }: Claimed, reason: string): Promise<void> {
    this.#log(`${way.name} did not take the page "${page.say}" (${act}, attempt ${attempts}): ${reason}; it is sent again`);
    await settleFailed(this.#session, id, reason);
    if (attempts < failuresToTell) return;
    await raiseAlarm(this.#session, {
      cause: failingCause(way.name),
      part: "fettle/pager",
      name: way.name,
      code: "DELIVERY_FAILED",
      say: `${way.name} does not take pages: ${reason}`,
      severity: "critical",
    });
  }
}

/** Rejects when the way has not taken it within its patience, even where it ignores its AbortSignal. */
export async function tell(way: Way, notice: Notice, leaving: AbortSignal): Promise<void> {
  const over = new AbortController();
  const abort = AbortSignal.any([leaving, over.signal]);
  const late = sleep(patience, undefined, { signal: abort }).then(
    () => {
      throw new FettleError("DELIVERY_FAILED", `${way.name} did not answer within ${patience / 1000}s`, {
        fix: "See whether the other side is up, and whether a firewall stands between",
      });
    },
    () => {
      throw leaving.reason;
    },
  );
  // It loses the race where the way is in time, and then nobody looks at it.
  late.catch(() => "too late to matter");
  try {
    await Promise.race([way.tell(notice, abort), late]);
  } finally {
    over.abort();
  }
}

function noticeOf({ page, act, round }: Claimed): Notice {
  return { act, page, token: tokenOf(page, round) ?? page.token, formerToken: act === "open" ? tokenOf(page, round - 1) : undefined };
}

function tokenOf(page: Page, round: number): string | undefined {
  if (round < 1) return undefined;
  return round === 1 ? page.token : `${page.token}-${round}`;
}
