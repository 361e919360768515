/**
 * What a worker's thread and its watchdog's thread see of each other, in shared memory: a busy handler can block the one, and
 * never the other. Instants are of the machine's monotonic clock, which the threads share, in nanoseconds.
 */
export class Vitals {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: BigInt64Array;
  readonly #milliseconds: Float64Array;
  /** From this thread's `performance.now()` to the monotonic clock. */
  readonly #origin = Number(monotonic()) / 1e6 - performance.now();
  readonly #free: number[] = [];

  constructor(buffer = new SharedArrayBuffer(8 * (firstHandler + mostHandlers))) {
    this.buffer = buffer;
    this.#cells = new BigInt64Array(buffer);
    this.#milliseconds = new Float64Array(buffer);
    for (let cell = firstHandler + mostHandlers - 1; cell >= firstHandler; cell--) this.#free.push(cell);
  }

  /** The event loop that runs handlers turns. */
  beat(): void {
    Atomics.add(this.#cells, 0, 1n);
  }

  get beats(): bigint {
    return Atomics.load(this.#cells, 0);
  }

  /** Until when the lease surely holds: counted from before its renewal was sent. */
  get leasedUntil(): bigint {
    return Atomics.load(this.#cells, 1);
  }

  set leasedUntil(instant: bigint) {
    Atomics.store(this.#cells, 1, instant);
  }

  /** Milliseconds to add to the monotonic clock to get the database's. */
  set offset(milliseconds: number) {
    this.#milliseconds[2] = milliseconds;
  }

  /** The database's clock, in milliseconds since 1970. A step of this machine's wall clock does not move it. */
  now(): number {
    return performance.now() + this.#origin + (this.#milliseconds[2] as number);
  }

  /** The instance whose handler is being called right now, in its first synchronous part; 0 for none. */
  get calling(): number {
    return Number(Atomics.load(this.#cells, 3));
  }

  set calling(id: number) {
    Atomics.store(this.#cells, 3, BigInt(id));
  }

  /** Notes that a handler runs until `leave` is called with the answer. Beyond 4,096 at once they are not noted. */
  enter(id: number): number | undefined {
    const cell = this.#free.pop();
    if (cell !== undefined) Atomics.store(this.#cells, cell, BigInt(id));
    return cell;
  }

  leave(cell: number | undefined): void {
    if (cell === undefined) return;
    Atomics.store(this.#cells, cell, 0n);
    this.#free.push(cell);
  }

  /** The instances whose handlers run. */
  running(): number[] {
    return [...this.#cells.subarray(firstHandler)].filter((id) => id !== 0n).map(Number);
  }
}

const firstHandler = 8;
const mostHandlers = 4096;

export function monotonic(): bigint {
  return process.hrtime.bigint();
}
