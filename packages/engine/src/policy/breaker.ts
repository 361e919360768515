/** Stops a machine from entering states when too much of a population is there: doubt the monitoring before restarting the world. */
export interface Breaker<State extends string = string> {
  /** It counts those that are in one of these, stuck ones too, with the one that wants to enter. */
  readonly guards: readonly State[];
  readonly of: Population;
  /** More than this trips it: a share of the population, or a number. */
  readonly most: `${number}%` | number;
  /** Fewer than this never trip it. Default 1. */
  readonly atLeast?: number;
}

export interface Population {
  readonly machine: string;
  /** A label: each of its values has a population, and a breaker, of its own. */
  readonly by?: string;
}

/** All instances of a machine that are not done; counted anew every half minute. */
export function population(machine: string, { by }: { readonly by?: string } = {}): Population {
  return { machine, ...(by !== undefined && { by }) };
}

/** Names a breaker among those of its machine. */
export function breakerName({ guards }: Breaker): string {
  return guards.join("+");
}

/** The most as a share of 1; undefined where it is a number. */
export function shareOf({ most }: Breaker): number | undefined {
  return typeof most === "number" ? undefined : Number(most.slice(0, -1)) / 100;
}
