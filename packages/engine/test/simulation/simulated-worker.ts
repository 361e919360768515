import type { Machine } from "../../src/machine/machine.ts";
import type { Session } from "../../src/store/session.ts";
import { isStoreAway, type Store } from "../../src/store/store.ts";
import { renewLease } from "../../src/worker/renew-lease.ts";
import { monotonic, type Vitals } from "../../src/worker/vitals.ts";
import type { Watchdog } from "../../src/worker/watchdog.ts";
import { Loop } from "../../src/worker/worker.ts";
import type { Network } from "./network.ts";
import type { Process, Scheduler } from "./scheduler.ts";

export const lease = 1000;

interface Surroundings {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly machines: readonly Machine[];
  complain(what: string): void;
  died(worker: SimulatedWorker): void;
}

/** A worker's process: the worker's own code, over a network, on a clock of its own. */
export class SimulatedWorker implements Process {
  readonly name: string;
  isFrozen = false;
  isDead = false;
  readonly #around: Surroundings;
  readonly #origin: number;
  readonly #loop: Loop;
  #heard: ((payload: string) => void) | undefined;

  constructor(name: string, around: Surroundings) {
    const { scheduler, network, machines } = around;
    this.name = name;
    this.#around = around;
    // Machines were started at other times.
    this.#origin = Math.floor(scheduler.random() * 1e6);
    scheduler.current = this;
    const connection = network.connect(this);
    const store: Store = {
      kind: "postgres",
      reads: connection,
      lanes: [connection, connection],
      listen: async (_channel, { heard }) => {
        this.#heard = heard;
        return { [Symbol.asyncDispose]: async () => void (this.#heard = undefined) };
      },
      address: () => ({ kind: "postgres", url: "" }),
      async [Symbol.asyncDispose]() {},
    };
    const log = (line: string) => (line.startsWith("BUG") ? around.complain(line) : scheduler.tell(`says: ${line}`));
    this.#loop = new Loop(
      { store, machines, lease: `${lease}ms`, log },
      {
        watchdog: (vitals) => new SimulatedWatchdog(connection, vitals, () => this.die("its lease has ended and handlers still run")),
        caretaker: () => ({ start() {}, async [Symbol.asyncDispose]() {} }),
      },
    );
    this.#loop.begin().catch((error: unknown) => this.#fail(error));
    this.#loop.ended.catch((error: unknown) => this.#fail(error));
  }

  clock(now: number): number {
    return this.#origin + now;
  }

  notify(payload: string): void {
    this.#around.scheduler.soon(this, `hears "${payload}"`, () => this.#heard?.(payload));
  }

  /** Nothing of it is ever heard again, but for what is on its way to the store. */
  die(why: string): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#around.scheduler.tell(`${this.name} is dead: ${why}`);
    this.#around.died(this);
  }

  stop(): void {
    this.#around.scheduler.soon(this, "is told to stop", () => {
      this.#loop[Symbol.asyncDispose]().then(
        () => this.die("it has stopped"),
        (error: unknown) => this.#fail(error),
      );
    });
  }

  #fail(error: unknown): void {
    if (this.isDead) return;
    if (!isStoreAway(error)) this.#around.complain(`a worker has ended: ${error instanceof Error ? error.stack : String(error)}`);
    this.die(String(error));
  }
}

const tick = 250;
const mostLateTicks = 4;

/** What the watchdog's thread does, in a turn of its own each quarter of a second. */
class SimulatedWatchdog implements Watchdog {
  readonly failed = new Promise<never>(() => {});
  readonly #session: Session;
  readonly #vitals: Vitals;
  readonly #kill: () => void;
  readonly #timer = setInterval(() => this.#tick(), tick);
  #worker: string | undefined;
  #isRenewing = false;
  #lateTicks = 0;

  constructor(session: Session, vitals: Vitals, kill: () => void) {
    this.#session = session;
    this.#vitals = vitals;
    this.#kill = kill;
  }

  guard(worker: string): void {
    this.#worker = worker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const isLate = monotonic() > this.#vitals.leasedUntil && this.#vitals.running().length > 0;
    this.#lateTicks = isLate ? this.#lateTicks + 1 : 0;
    if (this.#lateTicks > mostLateTicks) return this.#kill();
    if (this.#worker !== undefined && !this.#isRenewing) void this.#renew(this.#worker);
  }

  async #renew(worker: string): Promise<void> {
    this.#isRenewing = true;
    try {
      const isAlive = await renewLease(this.#session, worker, lease, this.#vitals);
      if (!isAlive && this.#worker === worker) this.#worker = undefined;
    } catch (error) {
      if (!isStoreAway(error)) throw error;
    } finally {
      this.#isRenewing = false;
    }
  }
}
