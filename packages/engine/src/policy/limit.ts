import type { Duration } from "../machine/duration.ts";
import type { Labels } from "../machine/machine.ts";

/** An instance that wants to enter a state; `data` is what it would have there. */
export interface Entrant<Data> {
  readonly key: string;
  readonly labels: Labels;
  readonly data: Readonly<Data>;
}

/** How many may be in a state at once, and how many may enter it within a time. The others are held, in a line. */
export interface Limit<Data> {
  /** At once: stuck and paused ones do not count. */
  readonly most?: number;
  readonly rate?: { readonly most: number; readonly per: Duration };
  /** Counts for each text apart, for example by host; those without one count together. Default: all together. */
  readonly by?: (it: Entrant<Data>) => string | undefined;
  /** The highest first, and of equals who has waited longest. Default 0. */
  readonly priority?: (it: Entrant<Data>) => number;
}
