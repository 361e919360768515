import { setTimeout as sleep } from "node:timers/promises";
import { milliseconds } from "../machine/duration.ts";
import { sweepLine, sweepPermits } from "../store/admit.ts";
import { pageOverdue } from "../store/overdue-deadlines.ts";
import { planPages } from "../store/plan-pages.ts";
import { forgetPages, resolvePages } from "../store/resolve-pages.ts";
import { StatementRefused } from "../store/session.ts";
import { isStoreAway, type Store } from "../store/store.ts";
import { testPager } from "../store/test-pager.ts";
import { keepWays } from "../store/ways.ts";
import { Archivist } from "./archivist.ts";
import { Courier } from "./courier.ts";
import { Heartbeat } from "./heartbeat.ts";
import { IdleAlarm } from "./idle.ts";
import type { Log, WorkerOptions } from "./options.ts";
import { Outage } from "./outage.ts";
import { testedBefore } from "./pager-test.ts";
import { type PlannedWay, planWays } from "./way.ts";

export type CaretakerOptions = Pick<WorkerOptions, "pager" | "pagerRepeat" | "pagerTest" | "heartbeat" | "idle" | "keepHistory">;

export interface CaretakerCharge extends CaretakerOptions {
  readonly store: Store;
  readonly log: Log;
  /** How far the worker is behind with what is due, in milliseconds. */
  readonly lag: () => number;
  /** Whether it is for this worker of all to see to what one of them must. */
  readonly isInCharge: () => boolean;
}

const everySecond = 1000;
const everyMinute = 60_000;
/** After the store was away, what is late for that reason alone gets so long to catch up. */
const catchUp = 15_000;

/**
 * Watches deadlines from outside the handlers, and sees to it that pages reach a person; every worker does, for the instances of all,
 * once a second and in a loop of its own, so that neither waits for the other.
 */
export class Caretaker implements AsyncDisposable {
  readonly #store: Store;
  readonly #log: Log;
  readonly #ways: readonly PlannedWay[];
  readonly #repeat: number;
  readonly #test: CaretakerOptions["pagerTest"];
  readonly #courier: Courier;
  readonly #outage: Outage;
  readonly #idle: IdleAlarm;
  readonly #archivist: Archivist;
  readonly #heartbeat: Heartbeat | undefined;
  readonly #leaving = new AbortController();
  #working: Promise<void> | undefined;
  #minuteAt = Number.NEGATIVE_INFINITY;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #refusal = "";

  /** Throws BAD_CONFIG and BAD_DURATION. */
  constructor(charge: CaretakerCharge) {
    const { store, log, lag, pager, heartbeat } = charge;
    this.#store = store;
    this.#log = log;
    this.#ways = planWays(pager ?? (async (page) => log(`PAGE (${page.severity}): ${page.say}`, { level: "error", page: page.id })));
    this.#repeat = milliseconds(charge.pagerRepeat ?? "30m");
    this.#test = charge.pagerTest;
    if (this.#test !== undefined) testedBefore(this.#test, new Date());
    this.#courier = new Courier(store.reads, this.#ways, log);
    const address = store.address();
    this.#outage = new Outage(this.#ways, address.kind === "postgres" ? address.url : "embedded", log);
    this.#idle = new IdleAlarm(store.reads, milliseconds(charge.idle ?? "5m"), lag);
    this.#archivist = new Archivist(store.reads, charge.keepHistory, charge.isInCharge, log);
    this.#heartbeat = heartbeat && new Heartbeat(heartbeat, log);
  }

  start(): void {
    this.#working ??= this.#work();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    await this.#working;
    await this.#courier[Symbol.asyncDispose]();
    await this.#heartbeat?.settled();
  }

  async #work(): Promise<void> {
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      await this.#turn(signal);
      await sleep(everySecond, undefined, { signal }).catch(() => "it is told to leave");
    }
  }

  /** Never throws: a page that cannot be dealt with must not end the worker that mends things. */
  async #turn(leaving: AbortSignal): Promise<void> {
    const now = performance.now();
    try {
      await this.#look(now, leaving);
      this.#refusal = "";
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (isStoreAway(error)) return this.#outage.away(now, message, leaving);
      if (error instanceof StatementRefused && error.isPassing) return;
      if (message !== this.#refusal) this.#log(`Pages cannot be seen to: ${message}; trying again each second`, { level: "error" });
      this.#refusal = message;
    }
  }

  async #look(now: number, leaving: AbortSignal): Promise<void> {
    const session = this.#store.reads;
    if (now >= this.#minuteAt) {
      await this.#everyMinute();
      this.#minuteAt = now + everyMinute;
    }
    await sweepLine(session);
    await planPages(session);
    if (await this.#outage.back(now, leaving)) this.#quietUntil = now + catchUp;
    if (now >= this.#quietUntil) await pageOverdue(session);
    await resolvePages(session);
    await this.#courier.setOut();
    await this.#archivist.look(now);
    const isIdle = await this.#idle.look(now);
    if (!isIdle) this.#heartbeat?.beat(now, leaving);
  }

  async #everyMinute(): Promise<void> {
    const session = this.#store.reads;
    const ways = this.#ways.map(({ way, after }) => ({ name: way.name, after, repeat: this.#repeat, hears: way.hears ?? everything }));
    await keepWays(session, ways);
    await forgetPages(session);
    await sweepPermits(session);
    if (this.#test === undefined) return;
    const names = ways.map(({ name }) => name);
    const say = "The regular test of the way to the pager: nothing is wrong";
    await testPager(session, { ways: names, testedBefore: testedBefore(this.#test, new Date()), say });
  }
}

const everything = ["open", "repeat", "acknowledge", "resolve", "test"] as const;
