import type { Machine } from "../machine/machine.ts";
import type { Change, InstanceRow } from "../store/change.ts";
import type { Lease } from "../store/commit.ts";
import { readChildren } from "../store/read-children.ts";
import { readInstances } from "../store/read-instances.ts";
import type { Session } from "../store/session.ts";
import { rangeOfId } from "../store/slot.ts";
import type { Agenda } from "./agenda.ts";
import { type Attempted, attempt, failed, retried, stuck } from "./attempt.ts";
import type { Bell } from "./bell.ts";
import type { Committed, Committer } from "./committer.ts";
import type { Holdings } from "./holdings.ts";
import type { Log } from "./options.ts";
import type { World } from "./visit.ts";
import type { Vitals } from "./vitals.ts";

interface Parts {
  readonly store: Session;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly agenda: Agenda;
  readonly holdings: Holdings;
  readonly committer: Committer;
  readonly vitals: Vitals;
  readonly bell: Bell;
  readonly log: Log;
  readonly concurrency: number;
}

interface Running {
  woken: boolean;
  /** Resolves when the handler has come back and its outcome is kept. */
  over: Promise<void>;
}

/** A handler that ignores its AbortSignal gets this long before its instance is stuck. */
const deafness = 30_000;

/** Runs the handlers of instances that are due: never two at once of one instance. */
export class Runner {
  readonly #parts: Parts;
  readonly #world: World;
  readonly #running = new Map<number, Running>();
  readonly #early = new Map<number, Promise<unknown>>();
  readonly #known = new Map<number, number>();
  readonly #foreign = new Set<string>();
  #leaving = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { vitals, store, log } = parts;
    this.#world = {
      now: () => vitals.now(),
      random: Math.random,
      children: (id, run) => readChildren(store, id, run),
      log,
      call(id, handler) {
        vitals.calling = id;
        try {
          return handler();
        } finally {
          vitals.calling = 0;
        }
      },
      alarm(ms, ring) {
        const timer = setTimeout(ring, ms);
        return { [Symbol.dispose]: () => clearTimeout(timer) };
      },
    };
  }

  /** When the next instance is due; later when no more handlers may run at once. */
  nextDue(): number {
    return this.#running.size < this.#parts.concurrency ? this.#parts.agenda.next() : Number.POSITIVE_INFINITY;
  }

  /** Messages of the inbox that are on their way or wait for a handler to take them. */
  knownMessages(): number[] {
    return [...this.#known.keys()];
  }

  /** Reads the messages of a range anew: a schedule that was read from the store knows nothing of whom they have woken. */
  forgetInbox(range: number): void {
    for (const [message, instance] of this.#known) if (rangeOfId(instance) === range) this.#known.delete(message);
  }

  /** A message came. One that comes while the handler runs makes it run again, whatever it answers. */
  wake(instance: number, message: number): void {
    this.#known.set(message, instance);
    this.#hurry(instance);
  }

  isIdle(range: number): boolean {
    for (const id of this.#running.keys()) if (rangeOfId(id) === range) return false;
    return true;
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ over }) => over));
  }

  /** Aborts every handler and waits until all have come back. */
  async leave(reason: Error): Promise<void> {
    this.#leaving.abort(reason);
    await this.settled();
    this.#leaving = new AbortController();
    this.#known.clear();
    this.#early.clear();
  }

  async runDue(): Promise<void> {
    const { agenda, vitals, concurrency, holdings, store } = this.#parts;
    const due = agenda.takeDue(vitals.now(), concurrency - this.#running.size);
    // The lease is noted before the read: if the range changes hands in between, the commit is refused.
    const leases = new Map<number, Lease>();
    for (const id of due) {
      const lease = holdings.leaseOf(id);
      const running = this.#running.get(id);
      if (running) running.woken = true;
      else if (lease) leases.set(id, lease);
    }
    if (leases.size === 0) return;
    const rows = await this.#read(store, [...leases.keys()]);
    for (const row of rows) this.#start(row, leases.get(row.id) as Lease);
  }

  async #read(store: Session, ids: readonly number[]): Promise<InstanceRow[]> {
    try {
      return await readInstances(store, ids);
    } catch (error) {
      for (const id of ids) this.#parts.agenda.set(id, 0);
      throw error;
    }
  }

  #start(row: InstanceRow, lease: Lease): void {
    const machine = this.#machineOf(row);
    if (!machine || this.#running.has(row.id) || row.status === "done") return;
    for (const message of row.inbox) this.#known.set(message.id, row.id);
    this.#early.delete(row.id);
    const isRetried = row.inbox.some((message) => message.kind === "retry");
    if (row.status === "stuck" && !isRetried) return;
    const isRunning: Running = { woken: false, over: Promise.resolve() };
    this.#running.set(row.id, isRunning);
    isRunning.over = this.#run(row, machine, lease, isRetried).finally(() => {
      this.#running.delete(row.id);
      if (isRunning.woken) this.#hurry(row.id);
      this.#parts.bell.ring();
    });
  }

  async #run(row: InstanceRow, machine: Machine, lease: Lease, isRetried: boolean): Promise<void> {
    const cell = this.#parts.vitals.enter(row.id);
    const { answer, settled } = isRetried
      ? { answer: Promise.resolve(retried(row, machine, this.#world)), settled: Promise.resolve() }
      : attempt(row, machine, this.#world, this.#leaving.signal);
    try {
      await this.#finish(row, machine, lease, await answer);
      await this.#settle(row, machine, lease, settled);
    } catch (error) {
      this.#parts.log(`BUG: ${row.machine} ${row.key}: ${error instanceof Error ? error.stack : String(error)}`);
    } finally {
      this.#parts.vitals.leave(cell);
    }
  }

  /** An instance of a machine or version that this code does not know is left for a worker that knows it. */
  #machineOf(row: InstanceRow): Machine | undefined {
    const machine = this.#parts.machines.get(row.machine);
    if (machine && row.version <= machine.version) return machine;
    const name = `${row.machine} version ${row.version}`;
    if (!this.#foreign.has(name)) {
      this.#foreign.add(name);
      this.#parts.log(`Instances of ${name} are left alone: this code has ${machine ? `version ${machine.version}` : "no such machine"}`);
    }
    return undefined;
  }

  async #finish(row: InstanceRow, machine: Machine, lease: Lease, attempted: Attempted): Promise<void> {
    if (attempted.kind === "void") return this.#parts.agenda.set(row.id, this.#world.now() + 250);
    if (attempted.kind === "rest") this.#parts.agenda.set(row.id, attempted.until);
    else await this.#commit(row, machine, lease, attempted.change);
    if (attempted.early) this.#watch(row.id, attempted.early);
  }

  async #commit(row: InstanceRow, machine: Machine, lease: Lease, change: Change): Promise<void> {
    const answer = await this.#parts.committer.submit(lease, change);
    if (typeof answer === "object") return this.#refused(row, machine, lease, answer);
    // Either the range is another's by now, or the row is not what was read: taking it again tells which.
    if (answer === "lost") return this.#parts.holdings.doubt(lease);
    for (const message of change.effects.consumed ?? []) this.#known.delete(message);
    // A range that has changed hands since has a schedule of its own.
    if (this.#parts.holdings.leaseOf(row.id) !== lease) return;
    if (change.due === null) this.#parts.agenda.delete(row.id);
    else this.#parts.agenda.set(row.id, hasMoreToTake(row, change) ? this.#world.now() : change.due);
  }

  /** The database refuses what the handler decided: its own failure, retried as one. */
  async #refused(row: InstanceRow, machine: Machine, lease: Lease, { refused }: Exclude<Committed, string>): Promise<void> {
    const { change } = failed(row, machine, refused, this.#world, this.#world.now());
    await this.#commit(row, machine, lease, change);
  }

  /** Until the handler itself has come back: it may go on after its timeout. */
  async #settle(row: InstanceRow, machine: Machine, lease: Lease, settled: Promise<void>): Promise<void> {
    const deaf = setInterval(() => {
      this.#giveUpOn(row, machine, lease).catch((error: unknown) => {
        this.#parts.log(`${row.machine} ${row.key} still runs after it was aborted, and cannot be marked as stuck yet: ${String(error)}`);
      });
    }, deafness);
    const leave = () => clearInterval(deaf);
    const leaving = this.#leaving.signal;
    leaving.addEventListener("abort", leave, { once: true });
    await settled;
    leave();
    leaving.removeEventListener("abort", leave);
  }

  async #giveUpOn(row: InstanceRow, machine: Machine, lease: Lease): Promise<void> {
    const [present] = await readInstances(this.#parts.store, [row.id]);
    if (present?.status !== "running") return;
    const failure = {
      code: "HANDLER_DEAF",
      message: `${row.state} of ${row.machine} ${row.key} still runs ${deafness / 1000}s after it was aborted`,
      fix: "Hand it.abort to whatever the handler waits for; it can run again in this process only when it has come back",
    };
    await this.#commit(present, machine, lease, stuck(present, machine, failure, {}, 0).change);
  }

  #watch(id: number, early: Promise<unknown>): void {
    this.#early.set(id, early);
    const wake = () => {
      if (this.#early.get(id) !== early) return;
      this.#early.delete(id);
      this.#hurry(id);
    };
    early.then(wake, wake);
  }

  #hurry(id: number): void {
    const running = this.#running.get(id);
    if (running) running.woken = true;
    else this.#parts.agenda.hasten(id, this.#world.now());
    this.#parts.bell.ring();
  }
}

/** A handler that takes one signal at a time runs again while there are more; each time it takes one, so this ends. */
function hasMoreToTake(row: InstanceRow, change: Change): boolean {
  const consumed = new Set(change.effects.consumed);
  return (change.effects.took ?? []).length > 0 && row.inbox.some((message) => message.kind === "signal" && !consumed.has(message.id));
}
