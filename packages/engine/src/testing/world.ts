import { type Failure, FettleError } from "../error.ts";
import { type Duration, milliseconds } from "../machine/duration.ts";
import type { Labels, Machine } from "../machine/machine.ts";
import { Attempt } from "../worker/attempt.ts";
import { commandIn, obey } from "../worker/command.ts";
import type { Attempted } from "../worker/conclude.ts";
import type { Handler, Visit } from "../worker/visit.ts";
import { Memory, type RememberedInstance, type RememberedStep } from "./memory.ts";

/** Where the worker dies at its next commit: with the handler's work done and nothing kept, or with all kept and nothing answered. */
export type CrashPoint = "before-commit" | "after-commit";

export interface SeenInTest<Data> {
  readonly state: string;
  readonly status: "running" | "stuck" | "done";
  readonly run: number;
  readonly data: Data;
  readonly result: unknown;
  readonly error: Failure | null;
}

export interface TestWorld {
  now(): Date;
  /** Starts a run, and runs what is due at once. */
  start<Data>(machine: Machine<Data>, key: string, input: Data, labels?: Labels): Promise<void>;
  /** Starts a run; its first handler runs at the next `step` or `advance`. */
  begin<Data>(machine: Machine<Data>, key: string, input: Data, labels?: Labels): Promise<void>;
  signal(machine: Machine, key: string, signal: string, payload?: unknown): Promise<void>;
  /** A person's retry. */
  retry(machine: Machine, key: string): Promise<void>;
  /** Moves the clock, and runs everything that falls due on the way, in order. */
  advance(by: Duration): Promise<void>;
  /** The worker dies at its next commit, and another one takes over. */
  crash(point: CrashPoint): void;
  /** The worker is stopped for that long in the middle of its next attempt, and loses its lease: its commit is refused. */
  stall(time: Duration): void;
  show<Data>(machine: Machine<Data>, key: string): SeenInTest<Data>;
  history(machine: Machine, key: string): readonly RememberedStep[];
  /** What calls a person now, one line a cause. */
  pages(): readonly string[];
  /** When the next handler runs; undefined when nothing is due any more. */
  next(): Date | undefined;
  /** Runs the next handler, whenever it is due, and says whose it was. */
  step(): Promise<string | undefined>;
}

/** A handler that does not come back within this much real time is given its timeout. */
const realPatience = 1000;

/**
 * Runs machines in memory under a fake clock, with the engine's own rules for attempts, retries, signals, children and
 * deadlines. Limits, breakers, budgets, approvals and rules are the store's: nothing is held here. No store, no worker; `random` (0 to 1) is for the jitter of retries.
 */
export function testWorld(machines: readonly Machine[], random: () => number = () => 0.5): TestWorld {
  return new World(machines as readonly Machine[], random);
}

class World implements TestWorld {
  readonly #memory: Memory;
  readonly #random: () => number;
  #now = Date.UTC(2030, 0, 1);
  #crash: CrashPoint | undefined;
  #stall = 0;

  constructor(machines: readonly Machine[], random: () => number) {
    this.#memory = new Memory(machines);
    this.#random = random;
  }

  now(): Date {
    return new Date(this.#now);
  }

  async start<Data>(machine: Machine<Data>, key: string, input: Data, labels: Labels = {}): Promise<void> {
    await this.begin(machine, key, input, labels);
    await this.advance("0ms");
  }

  async begin<Data>(machine: Machine<Data>, key: string, input: Data, labels: Labels = {}): Promise<void> {
    await this.#memory.start(machine, key, input, labels, this.#now);
  }

  async signal(machine: Machine, key: string, signal: string, payload?: unknown): Promise<void> {
    await this.#memory.send(machine as Machine, key, signal, payload);
    await this.advance("0ms");
  }

  async retry(machine: Machine, key: string): Promise<void> {
    this.#memory.retry(`${machine.name} ${key}`, this.#now);
    await this.advance("0ms");
  }

  async advance(by: Duration): Promise<void> {
    const until = this.#now + milliseconds(by);
    // A stall moves the clock further than was asked for, and what is due by then has its turn too.
    for (let steps = 0; (this.#nextDue()?.[1].due ?? Number.POSITIVE_INFINITY) <= Math.max(until, this.#now); steps++) {
      if (steps > 100_000) throw new Error(`${this.#nextDue()?.[0]} runs again and again and the clock does not move`);
      await this.step();
    }
    this.#now = Math.max(this.#now, until);
    this.#memory.watchDeadlines(this.#now);
  }

  crash(point: CrashPoint): void {
    this.#crash = point;
  }

  stall(time: Duration): void {
    this.#stall = milliseconds(time);
  }

  show<Data>(machine: Machine<Data>, key: string): SeenInTest<Data> {
    const row = this.#memory.instances.get(`${machine.name} ${key}`);
    if (!row) throw new FettleError("NO_SUCH_INSTANCE", `Cannot find ${machine.name} ${key}: the test has not started it`);
    const { state, status, run } = row;
    const parsed = (text: string | null) => (text === null ? null : JSON.parse(text));
    return { state, status, run, data: JSON.parse(row.data) as Data, result: parsed(row.result), error: parsed(row.error) };
  }

  history(machine: Machine, key: string): readonly RememberedStep[] {
    return this.#memory.history.get(`${machine.name} ${key}`) ?? [];
  }

  pages(): readonly string[] {
    const causes = new Map([...this.#memory.attention.values()].map((raised) => [raised.cause, raised.say]));
    return [...causes.values()];
  }

  next(): Date | undefined {
    const due = this.#nextDue()?.[1].due;
    return due === undefined || due === null ? undefined : new Date(due);
  }

  async step(): Promise<string | undefined> {
    const [name, row] = this.#nextDue() ?? [];
    if (name === undefined || row === undefined) return undefined;
    this.#now = Math.max(this.#now, row.due ?? 0);
    this.#memory.watchDeadlines(this.#now);
    const attempted = await this.#attempt(name, row);
    if (this.#crash === "before-commit" || this.#stall > 0) {
      this.#now += this.#stall;
      this.#stall = 0;
      this.#crash = undefined;
      return name;
    }
    this.#keep(name, row, attempted);
    this.#crash = undefined;
    return name;
  }

  #keep(name: string, row: RememberedInstance, attempted: Attempted): void {
    if (attempted.kind === "change") this.#memory.commit(attempted.change, this.#now);
    // What is not written is due at once for the worker that takes over after a crash.
    if (attempted.kind === "rest" && this.#crash === undefined) this.#memory.instances.set(name, { ...row, due: attempted.until });
  }

  async #attempt(name: string, row: RememberedInstance): Promise<Attempted> {
    const machine = this.#memory.machines.get(row.machine);
    if (!machine) throw new FettleError("NO_SUCH_MACHINE", `Cannot run ${name}: the test was not given the machine ${row.machine}`);
    const alarms = new Map<() => void, number>();
    const world = {
      now: () => this.#now,
      random: this.#random,
      children: async (_id: number, run: number) => this.#memory.children(name, run),
      cron: async (_id: number, run: number, step: number) => this.#memory.cron(name, run, step),
      log: () => {},
      call: (_id: number, handler: Handler, visit: Visit) => handler(visit),
      watch: (attempt: { armTimeout(): void }) => attempt.armTimeout(),
      alarm: (ms: number, ring: () => void) => {
        alarms.set(ring, this.#now + ms);
        return { [Symbol.dispose]: () => void alarms.delete(ring) };
      },
    };
    const command = commandIn(row);
    if (command) return obey(row, command, machine, world);
    const { answer } = new Attempt(row, machine, world);
    const patience = setTimeout(() => {
      for (const [ring, at] of alarms) {
        this.#now = Math.max(this.#now, at);
        ring();
      }
    }, realPatience);
    try {
      return await answer;
    } finally {
      clearTimeout(patience);
    }
  }

  #nextDue(): [string, RememberedInstance] | undefined {
    let first: [string, RememberedInstance] | undefined;
    for (const entry of this.#memory.instances) {
      const due = entry[1].due;
      if (due !== null && due < (first?.[1].due ?? Number.POSITIVE_INFINITY)) first = entry;
    }
    return first;
  }
}
