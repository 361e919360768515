import { createHash } from "node:crypto";
import type { Page } from "../client/page.ts";
import { tell } from "./courier.ts";
import type { Log } from "./options.ts";
import type { PlannedWay, Way } from "./way.ts";

/** The store may be away for so long (a restart, a failover) before anybody is called. Milliseconds. */
const grace = 60_000;
const betweenTries = 30_000;

/** Calls a person when the store is away: the store cannot keep that page, so it goes through the first ways directly, once an outage. */
export class Outage {
  readonly #ways: readonly Way[];
  readonly #token: string;
  readonly #log: Log;
  #since: number | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;
  readonly #told = new Set<Way>();

  /** `store` names the store: workers that lose the same one page under the same token. */
  constructor(ways: readonly PlannedWay[], store: string, log: Log) {
    this.#ways = ways.filter(({ after }) => after === ways[0]?.after).map(({ way }) => way);
    this.#token = `store-away-${createHash("sha256").update(store).digest("hex").slice(0, 16)}`;
    this.#log = log;
  }

  /** Instants are of a clock that only goes forward, in milliseconds. */
  async away(now: number, reason: string, leaving: AbortSignal): Promise<void> {
    this.#since ??= now;
    if (now - this.#since < grace || now - this.#triedAt < betweenTries) return;
    this.#triedAt = now;
    const page = this.#page(`The store has been away for ${Math.round((now - this.#since) / 1000)}s: ${reason}`);
    await this.#tell(
      this.#ways.filter((way) => !this.#told.has(way)),
      page,
      "open",
      leaving,
    );
  }

  /** Whether it was away. */
  async back(now: number, leaving: AbortSignal): Promise<boolean> {
    if (this.#since === undefined) return false;
    const page = { ...this.#page("The store is back"), resolved: new Date().toISOString() };
    const told = [...this.#told].filter((way) => way.hears === undefined || way.hears.includes("resolve"));
    this.#since = undefined;
    this.#told.clear();
    this.#triedAt = now - betweenTries;
    await this.#tell(told, page, "resolve", leaving);
    return true;
  }

  async #tell(ways: readonly Way[], page: Page, act: "open" | "resolve", leaving: AbortSignal): Promise<void> {
    for (const way of ways) {
      try {
        await tell(way, { act, page, token: this.#token, formerToken: undefined }, leaving);
        if (act === "open") this.#told.add(way);
      } catch (error) {
        this.#log(`${way.name} did not take the page "${page.say}": ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  #page(say: string): Page {
    const since = new Date(Date.now() - (this.#since === undefined ? 0 : performance.now() - this.#since)).toISOString();
    const about = { machine: "fettle/store", key: "store", cause: "store-away", severity: "critical", say } as const;
    const counts = { count: 1, victims: 0, round: 1, suppressedBy: null, deliveries: [], next: null };
    return { id: 0, token: this.#token, ...about, ...counts, opened: since, last: since, acknowledged: null, resolved: null };
  }
}
