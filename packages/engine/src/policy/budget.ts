import type { Duration } from "../machine/duration.ts";

/** How often one key may enter a state within a time, over all its runs; past it, stuck. A person's retry begins the count anew. */
export interface Budget<State extends string = string> {
  readonly entering: State;
  readonly most: number;
  readonly within: Duration;
}
