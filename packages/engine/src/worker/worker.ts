import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { FettleError } from "../error.ts";
import { milliseconds } from "../machine/duration.ts";
import type { Machine } from "../machine/machine.ts";
import { dropCreated, mostArrivals, readInbox } from "../store/read-inbox.ts";
import { registerWorker, unregisterWorker } from "../store/register-worker.ts";
import { StatementRefused } from "../store/session.ts";
import { isStoreAway, type Store } from "../store/store.ts";
import { Agenda } from "./agenda.ts";
import { Bell } from "./bell.ts";
import { Caretaker } from "./caretaker.ts";
import { Committer } from "./committer.ts";
import { Holdings } from "./holdings.ts";
import type { Log, WorkerOptions } from "./options.ts";
import { Runner } from "./runner.ts";
import { monotonic, Vitals } from "./vitals.ts";
import { startWatchdog, type Watchdog } from "./watchdog.ts";

export interface Worker extends AsyncDisposable {
  readonly id: string;
  /** Resolves when the worker has stopped as it was told to; rejects when it cannot go on. */
  readonly ended: Promise<void>;
}

/** A handler gets this long to finish by itself when its worker is told to stop. */
const patience = 5000;
const poll = 1000;

/**
 * Runs the machines' instances, beside any number of other workers on the same store. Disposing stops it cleanly: handlers
 * finish or are aborted, what they decided is committed, and the leases are given back, so that others go on at once.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const loop = new Loop(options);
  await loop.begin();
  return loop;
}

class Loop implements Worker {
  readonly ended: Promise<void>;
  readonly #store: Store;
  readonly #log: Log;
  readonly #lease: number;
  readonly #vitals = new Vitals();
  readonly #bell = new Bell();
  readonly #agenda = new Agenda();
  readonly #holdings: Holdings;
  readonly #committer: Committer;
  readonly #runner: Runner;
  readonly #caretaker: Caretaker;
  readonly #watchdog: Watchdog;
  readonly #end = Promise.withResolvers<void>();
  #id = "";
  #isRegistered = false;
  #isStopping = false;
  #isAway = false;
  #inboxRung = true;
  #careAt = 0;
  #listening: AsyncDisposable | undefined;

  constructor(options: WorkerOptions) {
    this.#store = options.store;
    this.#log = options.log ?? ((line) => process.stderr.write(`${line}\n`));
    this.#lease = milliseconds(options.lease ?? "10s");
    if (this.#lease < 1000) throw new FettleError("BAD_CONFIG", `Cannot use a lease of ${options.lease}`, { fix: "Make it 1s or more" });
    this.#holdings = new Holdings(this.#store.reads, this.#agenda, (range) => {
      this.#runner.forgetInbox(range);
      this.#inboxRung = true;
    });
    this.#committer = new Committer(this.#store.lanes, (lease, error) => {
      this.#holdings.doubt(lease);
      this.#away(error);
      this.#bell.ring();
    });
    this.#runner = new Runner({
      store: this.#store.reads,
      machines: new Map(options.machines.map((machine: Machine) => [machine.name, machine])),
      agenda: this.#agenda,
      holdings: this.#holdings,
      committer: this.#committer,
      vitals: this.#vitals,
      bell: this.#bell,
      log: this.#log,
      concurrency: options.concurrency ?? 2000,
    });
    this.#caretaker = new Caretaker({ ...options, log: this.#log, lag: () => this.#vitals.now() - this.#runner.firstDue() });
    this.#watchdog = startWatchdog(this.#store.address(), this.#vitals, this.#lease);
    this.ended = Promise.race([this.#end.promise, this.#watchdog.failed]);
    this.ended.catch((error: unknown) => this.#log(`The worker has ended: ${error instanceof Error ? error.message : String(error)}`));
  }

  get id(): string {
    return this.#id;
  }

  async begin(): Promise<void> {
    try {
      await this.#register();
      this.#listening = await this.#store.listen("fettle", (range) => this.#hear(range));
    } catch (error) {
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
      await this.#caretaker[Symbol.asyncDispose]();
      await this.#listening?.[Symbol.asyncDispose]();
      await this.#watchdog[Symbol.asyncDispose]();
    }
  }

  async #turn(): Promise<void> {
    try {
      if (this.#isRegistered && !this.#leaseHolds()) await this.#loseLease();
      if (!this.#isRegistered) await this.#register();
      await this.#holdings.clearDoubts();
      if (this.#vitals.now() >= this.#careAt) await this.#care();
      if (this.#inboxRung) await this.#receive();
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
    const next = Math.min(this.#runner.nextDue(), this.#careAt) - this.#vitals.now();
    await this.#bell.wait(Math.min(next, poll));
  }

  /** Said once, until the store is back. */
  #away(error: unknown): void {
    if (!this.#isAway) this.#log(`${error instanceof Error ? error.message : String(error)}. Nothing is lost; trying again`);
    this.#isAway = true;
  }

  async #register(): Promise<void> {
    const id = randomUUID();
    const sent = monotonic();
    await registerWorker(this.#store.reads, { id, host: hostname(), pid: process.pid, lease: this.#lease });
    const [clock] = await this.#store.reads.query<{ now: number }>(
      "select extract(epoch from clock_timestamp())::float8 * 1000 as now",
      [],
    );
    this.#vitals.offset = (clock?.now ?? 0) - Number(monotonic()) / 1e6;
    this.#vitals.leasedUntil = sent + BigInt(this.#lease) * 1_000_000n;
    this.#id = id;
    this.#isRegistered = true;
    this.#careAt = 0;
    this.#inboxRung = true;
    this.#watchdog.guard(id);
  }

  /** Handlers are told to stop while a fifth of the lease is left. */
  #leaseHolds(): boolean {
    return monotonic() < this.#vitals.leasedUntil - BigInt(this.#lease / 5) * 1_000_000n;
  }

  async #loseLease(): Promise<void> {
    this.#log("The lease could not be renewed in time: every handler is aborted, and others may take over");
    this.#isRegistered = false;
    this.#holdings.forget();
    await this.#runner.leave(new FettleError("LEASE_LOST", "The worker has lost its lease"));
  }

  async #care(): Promise<void> {
    this.#careAt = this.#vitals.now() + poll;
    this.#inboxRung = true;
    await this.#holdings.balance(this.#id, (range) => this.#runner.isIdle(range));
  }

  async #receive(): Promise<void> {
    this.#inboxRung = false;
    const { leases, ranges } = this.#holdings;
    if (leases.length === 0) return;
    const messages = await readInbox(this.#store.reads, ranges, this.#runner.knownMessages());
    this.#runner.deliver(messages);
    const created = messages.filter(({ kind }) => kind === "created");
    if (created.length > 0) await dropCreated(this.#store.reads, leases, created);
    if (messages.length === mostArrivals) this.#inboxRung = true;
  }

  #hear(range: string): void {
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
      this.#log(`The leases could not be given back (${String(error)}); others take over when they have ended`);
    }
  }

  async #abortHandlers(why: string): Promise<void> {
    const left = await Promise.race([this.#runner.leave(new FettleError("STOPPING", why)), impatience()]);
    if (left === "impatient") this.#log("A handler ignores its AbortSignal; the worker stops without it");
  }
}

function impatience(): Promise<string> {
  return sleep(patience, "impatient", { ref: false });
}
