export interface Count {
  readonly records: number;
  readonly bytes: number;
}

/** A value and its count. Not in an object, whose own names a value may be. */
export type Counted = readonly [value: string, count: Count];

/** Values that are told apart. Hosts are what strangers have written: a file may have more of them than the memory has room. */
const mostValues = 100_000;
/** Under which all others are counted. */
const others = "(others)";
/** Characters of a value: what differs only behind them is one. */
const longestValue = 256;

/** How many records there are of each value of something, and how many bytes they have. */
export class ValueCounter {
  readonly #counts = new Map<string, Count>();

  add(value: string, { records, bytes }: Count): void {
    const key = value.slice(0, longestValue);
    const counted = this.#counts.has(key) || this.#counts.size < mostValues ? key : others;
    const before = this.#counts.get(counted);
    this.#counts.set(counted, { records: (before?.records ?? 0) + records, bytes: (before?.bytes ?? 0) + bytes });
  }

  /** Those of most records first. */
  get sorted(): readonly Counted[] {
    return [...this.#counts].sort(([a, one], [b, two]) => two.records - one.records || (a < b ? -1 : 1));
  }
}
