import type { Machine } from "../machine/machine.ts";
import type { NowOrLater } from "../machine/now-or-later.ts";
import { type Change, type InstanceRow, noEffects } from "../store/change.ts";
import type { Lease } from "../store/commit.ts";
import { readChildren } from "../store/read-children.ts";
import { readCron } from "../store/read-cron.ts";
import { type Arrival, dropSpent } from "../store/read-inbox.ts";
import { readInstances, readWithInbox } from "../store/read-instances.ts";
import { type Session, StatementRefused } from "../store/session.ts";
import { rangeOfId } from "../store/slot.ts";
import { isStoreAway } from "../store/store.ts";
import { after, hasMoreToTake } from "./after-commit.ts";
import type { Agenda, Urgency } from "./agenda.ts";
import { Attempt } from "./attempt.ts";
import type { Bell } from "./bell.ts";
import { commandIn, isOrder, isUrgent, obey } from "./command.ts";
import type { Committed, Committer } from "./committer.ts";
import { failed, stuck } from "./conclude.ts";
import { Gatekeeper, needsRoom, type Passed } from "./gatekeeper.ts";
import type { Holdings } from "./holdings.ts";
import { Mail } from "./mail.ts";
import type { Meter } from "./meter.ts";
import type { Log, LogFields } from "./options.ts";
import type { Rulebook } from "./rulebook.ts";
import { spentIn } from "./spent.ts";
import type { World } from "./visit.ts";
import type { Vitals } from "./vitals.ts";

interface Parts {
  readonly store: Session;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly agenda: Agenda;
  readonly holdings: Holdings;
  readonly committer: Committer;
  readonly meter: Meter;
  readonly vitals: Vitals;
  readonly bell: Bell;
  readonly log: Log;
  readonly concurrency: number;
  readonly rulebook: Rulebook;
}

interface Running {
  woken: boolean;
  attempt: Attempt | undefined;
  /** Resolves when the handler has come back and its outcome is kept. */
  over: Promise<void>;
}

/** A handler that ignores its AbortSignal gets this long before its instance is stuck. */
const deafness = 30_000;
/** An instance goes through this many states at once; then others that are due have their turn. */
const mostHops = 16;

/** Runs the handlers of instances that are due: never two at once of one instance. */
export class Runner {
  readonly #parts: Parts;
  readonly #world: World;
  readonly #gatekeeper: Gatekeeper;
  readonly #running = new Map<number, Running>();
  readonly #early = new Map<number, Promise<unknown>>();
  readonly #mail = new Mail();
  readonly #foreign = new Set<string>();
  #begun: { armTimeout(): void }[] = [];
  #leaving = new AbortController();
  #isDraining = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { vitals, store, log } = parts;
    this.#world = {
      now: () => vitals.now(),
      random: Math.random,
      children: (id, run) => readChildren(store, id, run),
      cron: (id, run, step) => readCron(store, id, run, step),
      log,
      call(id, handler, visit) {
        vitals.calling = id;
        try {
          return handler(visit);
        } finally {
          vitals.calling = 0;
        }
      },
      watch: (attempt) => {
        if (this.#begun.push(attempt) === 1) setImmediate(() => this.#watchBegun());
      },
      alarm(ms, ring) {
        const timer = setTimeout(ring, ms);
        return { [Symbol.dispose]: () => clearTimeout(timer) };
      },
    };
    this.#gatekeeper = new Gatekeeper(store, this.#world);
  }

  /** When the next instance is due; later when no more handlers may run at once. */
  nextDue(): number {
    return this.#running.size < this.#parts.concurrency ? this.#parts.agenda.next() : Number.POSITIVE_INFINITY;
  }

  /** When the first that waits for its handler was due, though there be no room to run it. */
  firstDue(): number {
    return this.#parts.agenda.next();
  }

  /** Messages of the inbox that are on their way or wait for a handler to take them. */
  knownMessages(): number[] {
    return this.#mail.messages;
  }

  forgetInbox(range: number): void {
    this.#mail.forget(range);
  }

  /** Messages came. One that comes while the handler runs makes it run again, whatever it answers. */
  deliver(messages: readonly Arrival[]): void {
    for (const { id, instance, kind } of messages) {
      if (kind !== "created") this.#mail.add(id, instance);
      this.#hurry(instance, isOrder(kind) || kind === "approve" || kind === "refuse" ? "person" : "message");
      if (isUrgent(kind)) this.#running.get(instance)?.attempt?.abandon(new Error(`A person's ${kind} goes before it`));
    }
  }

  get inFlight(): number {
    return this.#running.size;
  }

  isIdle(range: number): boolean {
    for (const id of this.#running.keys()) if (rangeOfId(id) === range) return false;
    return true;
  }

  async #settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ over }) => over));
  }

  /** Lets what runs come to its next commit, and no further. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.#settled();
  }

  /** Aborts every handler and waits until all have come back. */
  async leave(reason: Error): Promise<void> {
    this.#leaving.abort(reason);
    for (const { attempt } of this.#running.values()) attempt?.abandon(reason);
    await this.#settled();
    this.#leaving = new AbortController();
    this.#mail.clear();
    this.#early.clear();
  }

  async runDue(): Promise<void> {
    const { agenda, vitals, concurrency, holdings, meter } = this.#parts;
    const late = vitals.now() - agenda.next();
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
    meter.late(late);
    const rows = await this.#read([...leases.keys()]);
    for (const row of rows) this.#start(row, leases.get(row.id) as Lease);
    await this.#dropSpent(rows, leases);
  }

  async #dropSpent(rows: readonly InstanceRow[], leases: ReadonlyMap<number, Lease>): Promise<void> {
    const spent = rows.flatMap(spentIn);
    if (spent.length === 0) return;
    // What cannot be dropped now is found again.
    for (const { id } of spent) this.#mail.remove(id);
    const named = new Set(spent.map(({ instance }) => leases.get(instance) as Lease));
    await dropSpent(this.#parts.store, [...named], spent);
  }

  async #read(ids: readonly number[]): Promise<InstanceRow[]> {
    const { store, agenda, vitals } = this.#parts;
    const [called, others] = [ids.filter((id) => this.#mail.isFor(id)), ids.filter((id) => !this.#mail.isFor(id))];
    try {
      const rows = [called.length > 0 ? readWithInbox(store, called) : [], others.length > 0 ? readInstances(store, others) : []];
      return (await Promise.all(rows)).flat();
    } catch (error) {
      for (const id of ids) agenda.hasten(id, vitals.now(), "message");
      throw error;
    }
  }

  #start(row: InstanceRow, lease: Lease): void {
    if (row.status === "done") return this.#mail.release(row.id);
    if (this.#running.has(row.id)) return;
    const machine = this.#machineOf(row);
    const command = commandIn(row);
    if (!machine && command?.kind !== "cancel") return;
    for (const message of row.inbox) this.#mail.add(message.id, row.id);
    this.#early.delete(row.id);
    if (!command && (row.status === "stuck" || this.#isPaused(row))) return;
    const running: Running = { woken: false, attempt: undefined, over: Promise.resolve() };
    this.#running.set(row.id, running);
    running.over = this.#run(row, machine, lease, running);
  }

  #isPaused(row: InstanceRow): boolean {
    const { rulebook } = this.#parts;
    if (rulebook.isEmpty || !rulebook.isPaused(row, this.#world.now())) return false;
    rulebook.stop(row.id);
    return true;
  }

  async #run(row: InstanceRow, machine: Machine | undefined, lease: Lease, running: Running): Promise<void> {
    const cell = this.#parts.vitals.enter(row.id);
    try {
      let next = await this.#step(row, machine, lease, running);
      for (let hops = 1; next; hops++) {
        if (hops < mostHops && this.#mayGoOn(next, lease, running)) {
          next = await this.#step(next, machine, lease, running);
        } else {
          this.#parts.agenda.set(next.machine, next.id, this.#world.now());
          break;
        }
      }
    } catch (error) {
      this.#parts.log(`BUG: ${row.machine} ${row.key}: ${error instanceof Error ? error.stack : String(error)}`, about(row, "error"));
    } finally {
      this.#parts.vitals.leave(cell);
      this.#running.delete(row.id);
      if (running.woken) this.#hurry(row.id, "message");
      this.#parts.bell.ring();
    }
  }

  /** What was just committed is what the row is now, unless a message waits, which must be read. */
  #mayGoOn(row: InstanceRow, lease: Lease, running: Running): boolean {
    const isOurs = this.#parts.holdings.leaseOf(row.id) === lease && !this.#leaving.signal.aborted && !this.#isDraining;
    return isOurs && !running.woken && !this.#mail.isFor(row.id) && !this.#isPaused(row);
  }

  /** One attempt and its commit. The row as it is afterwards, where it is due at once. */
  async #step(row: InstanceRow, machine: Machine | undefined, lease: Lease, running: Running): Promise<InstanceRow | undefined> {
    const command = commandIn(row);
    if (command) {
      const { change } = await obey(row, command, machine, this.#world);
      if (machine && this.#gatekeeper.concerns(row, change, machine)) return this.#submitGuarded(row, machine, lease, change, true);
      return this.#kept(row, unknown(row), lease, change, await this.#parts.committer.submit(lease, change));
    }
    if (!machine) return undefined;
    if (needsRoom(machine, row.state) && !(await this.#hasRoom(row, machine, lease))) return undefined;
    const attempt = this.#parts.meter.traced(row, () => new Attempt(row, machine, this.#world));
    running.attempt = attempt;
    if (this.#leaving.signal.aborted) attempt.abandon(this.#leaving.signal.reason);
    const attempted = await attempt.answer;
    let next: InstanceRow | undefined;
    if (attempted.kind === "change") {
      const { change } = attempted;
      if (this.#gatekeeper.concerns(row, change, machine)) next = await this.#submitGuarded(row, machine, lease, change, false);
      else {
        const kept = this.#kept(row, machine, lease, change, await this.#parts.committer.submit(lease, change));
        next = kept instanceof Promise ? await kept : kept;
      }
    } else {
      if (this.#gatekeeper.isHeld(row)) await this.#asked(row, () => this.#gatekeeper.leave(row));
      this.#parts.agenda.set(row.machine, row.id, attempted.kind === "rest" ? attempted.until : this.#world.now() + 250);
    }
    if (attempted.kind !== "void" && attempted.early) this.#watch(row.id, attempted.early);
    const lingering = attempt.lingering;
    if (lingering) {
      if (attempted.kind === "void" && !this.#leaving.signal.aborted) await this.#obeyBeside(row, machine, lease);
      await this.#settle(row, machine, lease, lingering);
    }
    return next;
  }

  /** Commits a change that enters or leaves a guarded state, once it may. */
  async #submitGuarded(
    row: InstanceRow,
    machine: Machine,
    lease: Lease,
    change: Change,
    byPerson: boolean,
  ): Promise<InstanceRow | undefined> {
    const passed = await this.#asked(row, () => this.#gatekeeper.pass(row, change, machine, lease, byPerson));
    if (!passed) return undefined;
    if (passed.kind !== "pass") return this.#stopped(row, lease, passed);
    const next = await this.#kept(row, machine, lease, passed.change, await this.#parts.committer.submit(lease, passed.change));
    if (needsRoom(machine, row.state)) await this.#asked(row, () => this.#gatekeeper.callNext(row));
    return next;
  }

  /** Whether an instance may go on in its state: one that was stuck or paused has given up its room there. */
  async #hasRoom(row: InstanceRow, machine: Machine, lease: Lease): Promise<boolean> {
    const stays = await this.#asked(row, () => this.#gatekeeper.stay(row, machine, lease));
    if (stays && stays.kind !== "pass") this.#stopped(row, lease, stays);
    return stays?.kind === "pass";
  }

  /** The store's failure is not the handler's: what it does not answer is asked again. */
  async #asked<Answer>(row: InstanceRow, ask: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await ask();
    } catch (error) {
      const isPassing = isStoreAway(error) || (error instanceof StatementRefused && error.isPassing);
      if (!isPassing)
        this.#parts.log(`${row.machine} ${row.key} cannot ask whether it may go on; it asks again in a second: ${String(error)}`);
      this.#parts.agenda.set(row.machine, row.id, this.#world.now() + (isPassing ? 250 : 1000));
      return undefined;
    }
  }

  /** It runs again when it has its turn, and when the rules are others. */
  #stopped(row: InstanceRow, lease: Lease, passed: Exclude<Passed, { kind: "pass" }>): undefined {
    if (passed.kind === "lost") return void this.#parts.holdings.doubt(lease);
    this.#parts.rulebook.stop(row.id);
    this.#parts.agenda.set(row.machine, row.id, passed.until);
  }

  /** A person's command does not wait for a handler that ignores its AbortSignal: what that answers is void already. */
  async #obeyBeside({ id }: InstanceRow, machine: Machine, lease: Lease): Promise<void> {
    const [row] = await readWithInbox(this.#parts.store, [id]);
    const command = row && commandIn(row);
    if (!row || !command) return;
    const { change } = await obey(row, command, machine, this.#world);
    const next = this.#gatekeeper.concerns(row, change, machine)
      ? await this.#submitGuarded(row, machine, lease, change, true)
      : await this.#kept(row, machine, lease, change, await this.#parts.committer.submit(lease, change));
    if (next) this.#parts.agenda.set(next.machine, next.id, this.#world.now());
  }

  /** An instance of a machine or version that this code does not know is left for a worker that knows it. */
  #machineOf(row: InstanceRow): Machine | undefined {
    const machine = this.#parts.machines.get(row.machine);
    if (machine && row.version <= machine.version) return machine;
    const name = `${row.machine} version ${row.version}`;
    if (!this.#foreign.has(name)) {
      this.#foreign.add(name);
      this.#parts.log(`Instances of ${name} are left alone: this code has ${machine ? `version ${machine.version}` : "no such machine"}`, {
        level: "warning",
        machine: row.machine,
      });
    }
    return undefined;
  }

  /** Goes on from the answer of a commit. */
  #kept(row: InstanceRow, machine: Retrying, lease: Lease, change: Change, answer: Committed): NowOrLater<InstanceRow | undefined> {
    const { holdings, agenda } = this.#parts;
    if (answer.kind === "refused") return this.#refused(row, machine, lease, answer.error);
    // Either the range is another's by now, or the row is not what was read: taking it again tells which.
    if (answer.kind === "lost") return void holdings.doubt(lease);
    this.#parts.meter.kept(row, change);
    for (const message of change.effects.consumed ?? []) this.#mail.remove(message);
    if (change.status === "done") this.#mail.release(row.id);
    // A range that has changed hands since has a schedule of its own.
    if (holdings.leaseOf(row.id) !== lease) return undefined;
    // Stuck, and a command came beside the one that was obeyed.
    if (change.due === null && change.status === "stuck" && this.#mail.isFor(row.id)) this.#hurry(row.id, "person");
    else if (change.due === null) agenda.delete(row.id);
    else if (change.due <= this.#world.now()) return after(row, change, answer.at);
    else agenda.set(row.machine, row.id, hasMoreToTake(row, change) ? this.#world.now() : change.due);
    return undefined;
  }

  /** The database refuses what the handler decided: its own failure, retried as one. */
  async #refused(row: InstanceRow, machine: Retrying, lease: Lease, error: StatementRefused): Promise<InstanceRow | undefined> {
    const { change } = failed(row, machine, error, this.#world, this.#world.now());
    return this.#kept(row, machine, lease, change, await this.#parts.committer.submit(lease, change));
  }

  /** Until the handler itself has come back: it may go on after its timeout. */
  async #settle(row: InstanceRow, machine: Machine, lease: Lease, lingering: Promise<void>): Promise<void> {
    const deaf = setInterval(() => {
      this.#giveUpOn(row, machine, lease).catch((error: unknown) => {
        const line = `${row.machine} ${row.key} still runs after it was aborted, and cannot be marked as stuck yet: ${String(error)}`;
        this.#parts.log(line, about(row, "error"));
      });
    }, deafness);
    const leave = () => clearInterval(deaf);
    const leaving = this.#leaving.signal;
    leaving.addEventListener("abort", leave, { once: true });
    await lingering;
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
    const { change } = stuck(present, machine, failure, noEffects, 0);
    await this.#kept(present, machine, lease, change, await this.#parts.committer.submit(lease, change));
  }

  #watchBegun(): void {
    const begun = this.#begun;
    this.#begun = [];
    for (const attempt of begun) attempt.armTimeout();
  }

  #watch(id: number, early: Promise<unknown>): void {
    this.#early.set(id, early);
    const wake = () => {
      if (this.#early.get(id) !== early) return;
      this.#early.delete(id);
      this.#hurry(id, "message");
    };
    early.then(wake, wake);
  }

  /** Runs instances again that a rule has stopped, where they are this worker's. */
  letGo(ids: readonly number[]): void {
    for (const id of ids) this.#hurry(id, "message");
  }

  #hurry(id: number, urgency: Urgency): void {
    const running = this.#running.get(id);
    if (running) running.woken = true;
    else this.#parts.agenda.hasten(id, this.#world.now(), urgency);
    this.#parts.bell.ring();
  }
}

function about({ machine, key, run, state }: InstanceRow, level: "error"): LogFields {
  return { level, machine, key, run, state };
}

/** Of a machine, what its failures are retried by. */
type Retrying = Pick<Machine, "version" | "policy">;

/** What is not known here keeps its version. */
function unknown(row: InstanceRow): Retrying {
  return { version: row.version, policy: {} };
}
