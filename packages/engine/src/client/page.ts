import type { Severity } from "../machine/machine.ts";

export interface Page {
  readonly id: number;
  /** The same over all that is told of the page: what the other side knows it by. */
  readonly token: string;
  readonly cause: string;
  readonly severity: Severity;
  readonly say: string;
  /** The first instance of the cause. */
  readonly machine: string;
  readonly key: string;
  /** How often it was raised while open. */
  readonly count: number;
  /** The instances that have its cause now, as of the last look, a second ago at most. */
  readonly victims: number;
  readonly opened: string;
  readonly last: string;
  /** 1 when the page has called once, 2 when it has begun to call anew after an acknowledgement, since it got worse; 0 before. */
  readonly round: number;
  /** The page that says it already, while this one is held back. */
  readonly suppressedBy: number | null;
  readonly acknowledged: { readonly by: string; readonly at: string; readonly note: string } | null;
  readonly resolved: string | null;
  /** Whom it calls next, while nobody has acknowledged it. */
  readonly next: { readonly at: string; readonly act: "open" | "repeat"; readonly via: readonly string[] } | null;
  /** What was told to whom, newest first, at most 50. */
  readonly deliveries: readonly Delivery[];
}

/** What a way is told of a page: `open` and `repeat` call a person, the others say how it went on; `test` proves the way. */
export type Act = "open" | "repeat" | "acknowledge" | "resolve" | "test";

export interface Delivery {
  readonly via: string;
  readonly act: Act;
  readonly round: number;
  readonly at: string;
  readonly attempts: number;
  readonly delivered: string | null;
  /** When it is tried again; null when it will not be. */
  readonly due: string | null;
  /** Why the last attempt failed. */
  readonly error: string | null;
}

/** One way to a person that living workers have. */
export interface WaySummary {
  readonly name: string;
  /** Milliseconds from the opening of a page until it is called. */
  readonly after: number;
  /** Milliseconds between calls while nobody acknowledges. */
  readonly repeat: number;
  /** When something was last delivered. */
  readonly worked: string | null;
  /** Since when nothing gets through. */
  readonly failing: string | null;
}

/** One line of the attention list: a cause, and how many things it holds. */
export interface Cause {
  readonly cause: string;
  /** `engine`: about fettle itself, and not about an instance. */
  readonly kind: "stuck" | "deadline" | "told" | "ask" | "breaker" | "engine";
  readonly machine: string;
  readonly state: string;
  readonly code: string;
  readonly say: string;
  readonly count: number;
  readonly since: string;
  /** Up to five keys. */
  readonly examples: readonly string[];
  readonly page: Page | null;
}
