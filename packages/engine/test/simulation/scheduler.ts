/** A process of the simulation. What it waits for comes to it while it is neither dead nor frozen. */
export interface Process {
  readonly name: string;
  isFrozen: boolean;
  isDead: boolean;
  /** Its own clock, in milliseconds from an origin of its own, at that time of the world. */
  clock(now: number): number;
}

interface Event {
  /** Undefined for what is nobody's: the network, the store, people, mishaps. */
  readonly process: Process | undefined;
  readonly at: number;
  readonly what: string;
  readonly act: () => void;
}

export interface Timer {
  event: Event | undefined;
}

const turnOver = setImmediate;

/**
 * Decides what happens next: which of the things that may happen now does, and when time goes on to the next timer. All chance is
 * the seed's, so the same seed gives the same course.
 */
export class Scheduler {
  /** Milliseconds since the beginning of the world. */
  now = 0;
  /** Whose turn it is. Whatever is asked for during an event is asked for by the process whose event it is. */
  current: Process | undefined;
  events = 0;
  readonly random: () => number;
  #eagerness: number;
  readonly #step: number;
  #sluggishness: number;
  readonly #tell: ((line: string) => void) | undefined;
  readonly #ready: Event[] = [];
  readonly #timers: Event[] = [];
  readonly #turns = new Map<Process | undefined, (() => void)[]>();

  constructor(random: () => number, tell: ((line: string) => void) | undefined) {
    this.random = random;
    this.#eagerness = random() * 0.2;
    this.#step = 10 ** (random() * 3 - 2);
    this.#sluggishness = random() < 0.2 ? 1 : random() * 300;
    this.#tell = tell;
  }

  /** May happen at any time from now on. */
  soon(process: Process | undefined, what: string, act: () => void): void {
    this.#ready.push({ process, at: this.now, what, act });
  }

  /** Happens at that time, or somewhat later. */
  at(at: number, process: Process | undefined, what: string, act: () => void): Timer {
    const timer: Timer = { event: undefined };
    const event = {
      process,
      at,
      what,
      act: () => {
        timer.event = undefined;
        act();
      },
    };
    timer.event = event;
    this.#timers.push(event);
    return timer;
  }

  /** From now on things happen soon after they can: who cannot go on now never will. */
  calm(): void {
    this.#eagerness = Math.min(this.#eagerness, 0.01);
    this.#sluggishness = Math.min(this.#sluggishness, 50);
  }

  /** A timer never rings early, and often late. Milliseconds. */
  lateness(): number {
    return this.random() * this.#sluggishness;
  }

  cancel(timer: Timer): void {
    const at = timer.event ? this.#timers.indexOf(timer.event) : -1;
    if (at >= 0) this.#timers.splice(at, 1);
    timer.event = undefined;
  }

  /** In the order in which it was asked for, of one process, as setImmediate. */
  turn(act: () => void): void {
    const process = this.current;
    const queue = this.#turns.get(process) ?? [];
    this.#turns.set(process, queue);
    if (queue.push(act) === 1) this.#nextTurn(process, queue);
  }

  #nextTurn(process: Process | undefined, queue: (() => void)[]): void {
    this.soon(process, "goes on", () => {
      queue.shift()?.();
      if (queue.length > 0) this.#nextTurn(process, queue);
    });
  }

  tell(line: string): void {
    this.#tell?.(`${this.now.toFixed(1).padStart(9)} ms  ${(this.current?.name ?? "").padEnd(3)} ${line}`);
  }

  get isTold(): boolean {
    return this.#tell !== undefined;
  }

  /** Lets the next thing happen, and all that follows from it at once. False when nothing ever will. */
  async next(): Promise<boolean> {
    const event = this.#choose();
    if (!event) return false;
    this.events++;
    this.current = event.process;
    if (this.#tell && event.what !== "") this.tell(event.what);
    event.act();
    await new Promise(turnOver);
    this.current = undefined;
    return true;
  }

  #choose(): Event | undefined {
    const ready = possible(this.#ready);
    const timer = first(this.#timers);
    if (timer && (ready === 0 || this.random() < this.#eagerness)) {
      this.now = Math.max(this.now, timer.at);
      this.#timers.splice(this.#timers.indexOf(timer), 1);
      return timer;
    }
    if (ready === 0) return undefined;
    if (this.random() < 0.5) this.now += this.random() * this.#step;
    return this.#take(Math.floor(this.random() * ready));
  }

  #take(nth: number): Event | undefined {
    let left = nth;
    for (let at = 0; at < this.#ready.length; at++) {
      const event = this.#ready[at] as Event;
      if (event.process?.isFrozen || left-- > 0) continue;
      this.#ready.splice(at, 1);
      return event;
    }
    return undefined;
  }
}

/** How many may happen. What would happen to the dead is forgotten. */
function possible(ready: Event[]): number {
  let count = 0;
  for (let at = ready.length - 1; at >= 0; at--) {
    const { process } = ready[at] as Event;
    if (process?.isDead) ready.splice(at, 1);
    else if (!process?.isFrozen) count++;
  }
  return count;
}

function first(timers: Event[]): Event | undefined {
  let earliest: Event | undefined;
  for (let at = timers.length - 1; at >= 0; at--) {
    const timer = timers[at] as Event;
    if (timer.process?.isDead) timers.splice(at, 1);
    else if (!timer.process?.isFrozen && (!earliest || timer.at <= earliest.at)) earliest = timer;
  }
  return earliest;
}
