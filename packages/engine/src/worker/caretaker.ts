import type { Page } from "../client/client.ts";
import { sweepLine, sweepPermits } from "../store/admit.ts";
import { pageOverdue } from "../store/overdue-deadlines.ts";
import { markDelivered, undeliveredPages } from "../store/pages.ts";
import { resolvePages } from "../store/resolve-pages.ts";
import type { Session } from "../store/session.ts";
import type { Log, Pager } from "./options.ts";

/** Watches deadlines from outside the handlers, and brings pages to the pager; every worker does, once a second. */
export class Caretaker {
  readonly #session: Session;
  readonly #pager: Pager;
  readonly #log: Log;
  readonly #later = new Map<number, number>();
  #sweepAt = 0;

  constructor(session: Session, pager: Pager, log: Log) {
    this.#session = session;
    this.#pager = pager;
    this.#log = log;
  }

  async look(now: number, ranges: readonly number[]): Promise<void> {
    await pageOverdue(this.#session);
    await sweepLine(this.#session);
    if (now >= this.#sweepAt) {
      this.#sweepAt = now + 60_000;
      await sweepPermits(this.#session);
    }
    await resolvePages(this.#session);
    for (const page of await undeliveredPages(this.#session, ranges)) {
      if ((this.#later.get(page.id) ?? 0) <= now) await this.#deliver(page, now);
    }
  }

  async #deliver(page: Page, now: number): Promise<void> {
    try {
      await this.#pager(page);
    } catch (error) {
      this.#later.set(page.id, now + 60_000);
      this.#log(`The pager did not take the page "${page.say}" (${String(error)}); it stays open and is sent again in a minute`, {
        level: "error",
        page: page.id,
      });
      return;
    }
    this.#later.delete(page.id);
    await markDelivered(this.#session, page.id);
  }
}
