import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { FettleError } from "../error.ts";
import { milliseconds } from "../machine/duration.ts";
import type { Machine } from "../machine/machine.ts";
import { rollout } from "../rollout/rollout.ts";
import { readCensus } from "../store/read-census.ts";
import { dropSpent, mostArrivals, readInbox } from "../store/read-inbox.ts";
import { readMoment } from "../store/read-moment.ts";
import { registerMachines } from "../store/register-machines.ts";
import { markWorker, registerWorker, unregisterWorker } from "../store/register-worker.ts";
import { StatementRefused } from "../store/session.ts";
import { isStoreAway, type Store } from "../store/store.ts";
import { Agenda } from "./agenda.ts";
import { Bell } from "./bell.ts";
import { Caretaker, type CaretakerCharge } from "./caretaker.ts";
import { Committer } from "./committer.ts";
import { Holdings } from "./holdings.ts";
import { createLog } from "./log.ts";
import { Lookout } from "./lookout.ts";
import { Meter } from "./meter.ts";
import type { Log, WorkerOptions } from "./options.ts";
import { Rulebook } from "./rulebook.ts";
import { Runner } from "./runner.ts";
import { monotonic, Vitals } from "./vitals.ts";
import { startWatchdog, type Watchdog } from "./watchdog.ts";

export interface Worker extends AsyncDisposable {
  readonly id: string;
  /** It may run handlers. False while it starts, stops, or could not renew its lease in time. */
  readonly hasLease: boolean;
  /** Resolves when the worker has stopped as it was told to; rejects when it cannot go on. */
  readonly ended: Promise<void>;
}

/** A handler gets this long to finish by itself when its worker is told to stop. */
const patience = 5000;
const poll = 1000;
const deafness =
  "Notifications do not come through, as behind a pooler in transaction mode: what others start or send is found by polling, within " +
  `${poll} ms. For more speed, let DATABASE_URL lead to Postgres itself or to a pool in session mode`;

/**
 * Runs the machines' instances, beside any number of other workers on the same store. Disposing stops it cleanly: handlers
 * finish or are aborted, what they decided is committed, and the leases are given back, so that others go on at once.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const loop = new Loop(options, {
    watchdog: (vitals, lease) => startWatchdog(options.store.address(), vitals, lease, options.log?.format ?? "text"),
    caretaker: (charge) => new Caretaker(charge),
  });
  await loop.begin();
  return loop;
}

/** Who stands beside the loop: in a thread of its own, and in a loop of its own. */
export interface Companions {
  watchdog(vitals: Vitals, lease: number): Watchdog;
  caretaker(charge: CaretakerCharge): Pick<Caretaker, "start" | typeof Symbol.asyncDispose>;
}

/** Decides what runs when. Time is that of the process, so that a simulation can bring its own. */
export class Loop implements Worker {
  readonly ended: Promise<void>;
  readonly #store: Store;
  readonly #log: Log;
  readonly #lease: number;
  readonly #vitals = new Vitals();
  readonly #bell = new Bell();
  readonly #lookout = new Lookout();
  readonly #agenda = new Agenda();
  readonly #holdings: Holdings;
  readonly #meter: Meter;
  readonly #committer: Committer;
  readonly #runner: Runner;
  readonly #caretaker: ReturnType<Companions["caretaker"]>;
  readonly #machines: readonly Machine[];
  readonly #rulebook: Rulebook;
  readonly #watchdog: Watchdog;
  readonly #end = Promise.withResolvers<void>();
  #id = "";
  #timeline = 0;
  #isRegistered = false;
  #isStopping = false;
  #isAway = false;
  #inboxRung = true;
  #careAt = 0;
  #listening: AsyncDisposable | undefined;

  constructor(options: WorkerOptions, companions: Companions) {
    this.#store = options.store;
    this.#machines = [...options.machines, rollout({ store: this.#store.reads })];
    const log = options.log ?? createLog("text");
    this.#log = (line, about) => log(line, { worker: this.#id, ...about });
    this.#lease = milliseconds(options.lease ?? "10s");
    if (this.#lease < 1000) throw new FettleError("BAD_CONFIG", `Cannot use a lease of ${options.lease}`, { fix: "Make it 1s or more" });
    this.#holdings = new Holdings(this.#store.reads, this.#agenda, (range) => {
      this.#runner.forgetInbox(range);
      this.#inboxRung = true;
    });
    this.#meter = new Meter({
      inFlight: () => this.#runner.inFlight,
      leaseAge: () => this.#lease - Number(this.#vitals.leasedUntil - monotonic()) / 1e6,
      census: () => readCensus(this.#store.reads, this.#holdings.ranges),
    });
    this.#committer = new Committer(this.#store.lanes, this.#meter, (lease, error) => {
      this.#holdings.doubt(lease);
      this.#away(error);
      this.#bell.ring();
    });
    this.#rulebook = new Rulebook(this.#store.reads, (ids) => this.#runner.letGo(ids));
    this.#runner = new Runner({
      store: this.#store.reads,
      machines: new Map(this.#machines.map((machine) => [machine.name, machine])),
      agenda: this.#agenda,
      holdings: this.#holdings,
      committer: this.#committer,
      meter: this.#meter,
      vitals: this.#vitals,
      bell: this.#bell,
      log: this.#log,
      concurrency: options.concurrency ?? 2000,
      rulebook: this.#rulebook,
    });
    this.#caretaker = companions.caretaker({
      ...options,
      log: this.#log,
      lag: () => this.#vitals.now() - this.#runner.firstDue(),
      isInCharge: () => this.#holdings.ranges.includes(0),
    });
    this.#watchdog = companions.watchdog(this.#vitals, this.#lease);
    this.ended = Promise.race([this.#end.promise, this.#watchdog.failed]);
    this.ended.catch((error: unknown) =>
      this.#log(`The worker has ended: ${error instanceof Error ? error.message : String(error)}`, { level: "error" }),
    );
  }

  get id(): string {
    return this.#id;
  }

  get hasLease(): boolean {
    return this.#isRegistered && !this.#isStopping && this.#leaseHolds();
  }

  async begin(): Promise<void> {
    try {
      this.#listening = await this.#store.listen("fettle", {
        heard: (range) => this.#hear(range),
        deaf: () => this.#log(deafness, { level: "warning" }),
      });
      await this.#register();
    } catch (error) {
      await this.#listening?.[Symbol.asyncDispose]();
      this.#meter[Symbol.dispose]();
      await this.#watchdog[Symbol.asyncDispose]();
      throw error;
    }
    this.#caretaker.start();
    this.#work().then(this.#end.resolve, this.#end.reject);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isStopping) return this.ended;
    this.#isStopping = true;
    this.#bell.ring();
    await this.ended;
  }

  async #work(): Promise<void> {
    try {
      while (!this.#isStopping) await this.#turn();
      await this.#stop();
    } catch (error) {
      await this.#abortHandlers("The worker cannot go on");
      throw error;
    } finally {
      this.#meter[Symbol.dispose]();
      await this.#caretaker[Symbol.asyncDispose]();
      await this.#listening?.[Symbol.asyncDispose]();
      await this.#watchdog[Symbol.asyncDispose]();
    }
  }

  async #turn(): Promise<void> {
    try {
      if (this.#isRegistered && !this.#leaseHolds()) await this.#loseLease("The lease could not be renewed in time");
      if (!this.#isRegistered) await this.#register();
      await this.#holdings.clearDoubts();
      if (this.#vitals.now() >= this.#careAt) await this.#care();
      if (this.#inboxRung || this.#looksAt() <= this.#vitals.now()) await this.#receive();
      await this.#runner.runDue();
      if (this.#isAway) this.#log("The store is back");
      this.#isAway = false;
    } catch (error) {
      if (error instanceof StatementRefused && error.isPassing) return;
      if (!isStoreAway(error)) throw error;
      this.#away(error);
      await this.#bell.wait(250);
      return;
    }
    const next = Math.min(this.#runner.nextDue(), this.#careAt, this.#looksAt()) - this.#vitals.now();
    await this.#bell.wait(Math.min(next, poll));
  }

  /** Said once, until the store is back. */
  #away(error: unknown): void {
    if (!this.#isAway)
      this.#log(`${error instanceof Error ? error.message : String(error)}. Nothing is lost; trying again`, { level: "warning" });
    this.#isAway = true;
  }

  async #register(): Promise<void> {
    const id = randomUUID();
    await registerMachines(this.#store.reads, this.#machines);
    const { now, timeline } = await readMoment(this.#store.reads);
    this.#vitals.offset = now - Number(monotonic()) / 1e6;
    const sent = monotonic();
    await registerWorker(this.#store.reads, { id, host: hostname(), pid: process.pid, lease: this.#lease });
    this.#timeline = timeline;
    this.#vitals.leasedUntil = sent + BigInt(this.#lease) * 1_000_000n;
    this.#id = id;
    this.#isRegistered = true;
    this.#careAt = 0;
    this.#inboxRung = true;
    this.#lookout.marked("asleep", this.#vitals.now());
    this.#watchdog.guard(id);
  }

  /** Handlers are told to stop while a fifth of the lease is left. */
  #leaseHolds(): boolean {
    return monotonic() < this.#vitals.leasedUntil - BigInt(this.#lease / 5) * 1_000_000n;
  }

  async #loseLease(why: string): Promise<void> {
    this.#log(`${why}: every handler is aborted, and others may take over`, { level: "error" });
    this.#isRegistered = false;
    this.#holdings.forget();
    await this.#runner.leave(new FettleError("LEASE_LOST", "The worker has lost its lease"));
  }

  /**
   * A standby was promoted, and may lack what was committed last. What this worker has in memory may then never have been: it
   * begins anew under another name, so that nothing that it still has under way can be committed.
   */
  async #failOver(timeline: number): Promise<void> {
    await unregisterWorker(this.#store.reads, this.#id);
    await this.#loseLease(
      `The store has failed over (timeline ${this.#timeline}, now ${timeline}), and what its former Postgres had not yet copied is lost`,
    );
  }

  async #care(): Promise<void> {
    const { timeline } = await readMoment(this.#store.reads);
    if (timeline !== 0 && timeline !== this.#timeline) return this.#failOver(timeline);
    this.#careAt = this.#vitals.now() + poll;
    await this.#rulebook.read(this.#vitals.now());
    this.#inboxRung = true;
    await this.#holdings.balance(this.#id, (range) => this.#runner.isIdle(range));
  }

  async #receive(): Promise<void> {
    this.#inboxRung = false;
    const { leases, ranges } = this.#holdings;
    const began = this.#vitals.now();
    const messages = leases.length === 0 ? [] : await readInbox(this.#store.reads, ranges, this.#runner.knownMessages());
    const took = this.#vitals.now() - began;
    this.#runner.deliver(messages);
    const spent = messages.filter(({ kind }) => kind === "created");
    if (spent.length > 0) await dropSpent(this.#store.reads, leases, spent);
    if (messages.length >= mostArrivals) this.#inboxRung = true;
    const mark = this.#lookout.saw(messages.length, took, this.#vitals.now());
    if (mark === undefined) return;
    // Should the answer be lost, it looks though nobody needs it to; it must never wait to be told when nobody tells it.
    if (mark === "awake") this.#lookout.marked(mark, this.#vitals.now());
    await markWorker(this.#store.reads, this.#id, mark);
    if (mark === "asleep") this.#lookout.marked(mark, this.#vitals.now());
  }

  #looksAt(): number {
    return this.#lookout.next(this.#vitals.now());
  }

  #hear(range: string): void {
    const called = /^call:([\d,]+)$/.exec(range)?.[1];
    if (called !== undefined) return this.#runner.letGo(called.split(",").map(Number));
    // The rules are others, for every worker.
    if (range === "") this.#careAt = 0;
    if (range !== "" && !this.#holdings.ranges.includes(Number(range))) return;
    this.#inboxRung = true;
    this.#bell.ring();
  }

  async #stop(): Promise<void> {
    await Promise.race([this.#runner.drain(), impatience()]);
    await this.#abortHandlers("The worker stops");
    await this.#committer.idle();
    try {
      await unregisterWorker(this.#store.reads, this.#id);
    } catch (error) {
      this.#log(`The leases could not be given back (${String(error)}); others take over when they have ended`, { level: "warning" });
    }
  }

  async #abortHandlers(why: string): Promise<void> {
    const left = await Promise.race([this.#runner.leave(new FettleError("STOPPING", why)), impatience()]);
    if (left === "impatient") this.#log("A handler ignores its AbortSignal; the worker stops without it", { level: "warning" });
  }
}

function impatience(): Promise<string> {
  return sleep(patience, "impatient", { ref: false });
}
