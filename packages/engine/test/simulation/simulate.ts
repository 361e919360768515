import { slotOf, slotsPerRange } from "../../src/store/slot.ts";
import { generator } from "../../src/testing/explore.ts";
import { complaintsAtTheEnd, complaintsOf } from "./complaints.ts";
import { Model } from "./model.ts";
import { Network } from "./network.ts";
import { People } from "./people.ts";
import { Scheduler } from "./scheduler.ts";
import { SimulatedWorker } from "./simulated-worker.ts";
import { virtualTime } from "./virtual-time.ts";
import { walks } from "./walk.ts";

export interface Simulated {
  readonly seed: number;
  readonly events: number;
  /** What does not hold; empty when all does. */
  readonly complaints: readonly string[];
  /** What happened, in order, where it was asked for. */
  readonly course: readonly string[];
}

/** Everything must be at its end so long after the last mishap. Milliseconds of the simulation. */
const patience = 20_000;
const roughTime = 1200;
/** When the world began, by the store's clock. */
const epoch = 1_800_000_000_000;
const keys = ["a", "b", "c"];
const busyRanges = new Set(keys.flatMap((key) => ["walk", "child"].map((name) => Math.floor(slotOf(name, key) / slotsPerRange))));

/** The first seed of so many, from `first` on, in which something does not hold: what, and all that happened until then. */
export async function firstFailure(first: number, count: number): Promise<string | undefined> {
  for (let seed = first; seed < first + count; seed++) {
    if ((await simulate(seed)).complaints.length === 0) continue;
    const { complaints, course } = await simulate(seed, true);
    return [`seed ${seed}: ${complaints.join("; ")}`, ...course].join("\n");
  }
  return undefined;
}

/** One world, all of whose chances are the seed's: workers, the network, a store, people, and mishaps. */
export async function simulate(seed: number, tells = false): Promise<Simulated> {
  const course: string[] = [];
  const complaints: string[] = [];
  const scheduler = new Scheduler(generator(seed), tells ? (line) => course.push(line) : undefined);
  using _time = virtualTime(scheduler);
  const world = new World(scheduler, (what) => complaints.push(what));
  while (complaints.length === 0 && !world.isOver) {
    if (scheduler.now > roughTime + patience) complaints.push(`not at its end: ${world.unfinished}`);
    else await scheduler.next();
  }
  if (complaints.length === 0) complaints.push(...world.complaints());
  return { seed, events: scheduler.events, complaints, course };
}

class World {
  readonly #scheduler: Scheduler;
  readonly #complain: (what: string) => void;
  readonly #model: Model;
  readonly #network: Network;
  readonly #people: People;
  readonly #machines: ReturnType<typeof walks>;
  readonly #deafness: number;
  readonly #attempts = new Set<string>();
  readonly #wereStuck = new Set<string>();
  #workers: SimulatedWorker[] = [];
  #hired = 0;

  constructor(scheduler: Scheduler, complain: (what: string) => void) {
    const { random } = scheduler;
    this.#scheduler = scheduler;
    this.#complain = complain;
    this.#deafness = random() < 0.5 ? 0 : random();
    this.#model = new Model(
      () => epoch + scheduler.now,
      (payload) => this.#notify(payload),
    );
    this.#network = new Network({
      scheduler,
      model: this.#model,
      witness: (what) => {
        for (const complaint of complaintsOf(this.#model, what)) complain(complaint);
        for (const instance of what.moved) this.#people.hear(instance);
      },
      isIdle: ({ name }, [range]) => name.endsWith("of a range") && !busyRanges.has(range as number),
    });
    this.#machines = walks({
      random,
      mayBeStuck: (token) => !this.#wereStuck.has(token) && this.#wereStuck.add(token) !== undefined,
      attempt: (name, state) => this.#attempt(name, state),
    });
    this.#people = new People(scheduler, this.#model, this.#machines[0] as never, () => this.#network.isAway);
    const plans = keys.slice(0, 1 + Math.floor(random() ** 2 * keys.length));
    for (const key of plans) this.#people.plan(key, random() < 0.2 ? 2 : 1);
    const workers = 1 + Math.floor(random() * 2.5);
    for (let left = workers; left > 0; left--) this.#hire(random() * 50);
    for (let left = Math.floor(random() * 4); left > 0; left--) scheduler.at(random() * roughTime, undefined, "", () => this.#mishap());
    scheduler.at(roughTime, undefined, "the weather is fair from now on", () => this.#calm());
  }

  get isOver(): boolean {
    const { instances, inbox } = this.#model;
    if (this.#people.busy > 0 || this.#network.onTheirWay > 0 || inbox.size > 0) return false;
    for (const { status } of instances.values()) if (status !== "done") return false;
    return true;
  }

  get unfinished(): string {
    const { instances, inbox } = this.#model;
    const left = [...instances.values()].filter(({ status }) => status !== "done");
    const told = left.map(
      ({ machine, key, state, status, due }) => `${machine} ${key} is ${status} in ${state}, due ${(due ?? 0) - epoch} ms`,
    );
    return `${told.join("; ") || "every run is done"}; ${inbox.size} messages wait`;
  }

  complaints(): Iterable<string> {
    return complaintsAtTheEnd(this.#model, this.#people.acknowledged);
  }

  #hire(after: number): void {
    const { scheduler, network, machines, complain } = {
      scheduler: this.#scheduler,
      network: this.#network,
      machines: this.#machines,
      complain: this.#complain,
    };
    scheduler.at(scheduler.now + after, undefined, "", () => {
      const name = `W${++this.#hired}`;
      scheduler.tell(`${name} starts`);
      this.#workers.push(new SimulatedWorker(name, { scheduler, network, machines, complain, died: (one) => this.#replace(one) }));
    });
  }

  #replace(dead: SimulatedWorker): void {
    this.#workers = this.#workers.filter((worker) => worker !== dead);
    this.#hire(this.#scheduler.random() * 200);
  }

  #mishap(): void {
    const { random } = this.#scheduler;
    const victim = this.#workers[Math.floor(random() * this.#workers.length)];
    const chance = random();
    if (chance < 0.2) return this.#away(random() * 800);
    if (!victim) return this.#hire(0);
    if (chance < 0.6) return this.#freeze(victim, random() * 1800);
    if (chance < 0.8) victim.die("it is killed");
    else victim.stop();
  }

  #away(ms: number): void {
    this.#scheduler.tell("the store is away");
    this.#network.isAway = true;
    this.#scheduler.at(this.#scheduler.now + ms, undefined, "the store is back", () => {
      this.#network.isAway = false;
    });
  }

  #freeze(victim: SimulatedWorker, ms: number): void {
    this.#scheduler.tell(`${victim.name} is frozen`);
    victim.isFrozen = true;
    this.#scheduler.at(this.#scheduler.now + ms, undefined, `${victim.name} is thawed`, () => {
      victim.isFrozen = false;
    });
  }

  #calm(): void {
    this.#network.isRough = false;
    this.#scheduler.calm();
  }

  #notify(payload: string): void {
    for (const worker of this.#workers) if (this.#scheduler.random() >= this.#deafness) worker.notify(payload);
  }

  #attempt(name: string, state: string): Disposable {
    const process = this.#scheduler.current?.name;
    const one = `${process}: ${name}`;
    if (this.#attempts.has(one)) this.#complain(`two attempts of ${name} run at once in ${process}`);
    this.#attempts.add(one);
    this.#scheduler.tell(`begins an attempt of ${name} in ${state}`);
    return {
      [Symbol.dispose]: () => {
        this.#attempts.delete(one);
        this.#scheduler.tell(`comes back from ${name} in ${state}`);
      },
    };
  }
}
