import { isDuration, milliseconds } from "./duration.ts";
import type { StatePolicy } from "./machine.ts";

export const defaultTimeout = "30s";
export const defaultRetry = { attempts: 5, backoff: "exponential", first: "1s", cap: "1m" } as const;

export interface Failures {
  /** Failed attempts of this visit, the last one included. */
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly first: number;
  readonly now: number;
  /** Milliseconds that the error itself asks to be left alone. */
  readonly after?: number;
}

/** What a thrown object says of its own retry. */
export interface Wish {
  readonly retryable: boolean;
  readonly after: number;
}

/** Reads `retryable: false` and `after: "30s"` off anything that was thrown. What is no duration says nothing. */
export function wishOf(error: unknown): Wish {
  if (typeof error !== "object" || error === null) return { retryable: true, after: 0 };
  const after = "after" in error && typeof error.after === "string" && isDuration(error.after) ? milliseconds(error.after) : 0;
  return { retryable: !("retryable" in error && error.retryable === false), after };
}

/**
 * When to try again, in milliseconds since 1970; null when the policy is spent. `random` (0 to 1) spreads attempts over the
 * second half of the gap, so that many that failed together do not come back together. An error's `after` is kept where it is longer.
 */
export function nextAttempt(policy: StatePolicy | undefined, failures: Failures, random: number): number | null {
  const retry = { ...defaultRetry, ...policy?.retry };
  if (failures.count >= retry.attempts) return null;
  const first = milliseconds(retry.first);
  const doublings = retry.backoff === "exponential" ? Math.min(failures.count - 1, 40) : 0;
  const gap = Math.min(first * 2 ** doublings, milliseconds(retry.cap));
  const at = failures.now + Math.max(failures.after ?? 0, gap * (0.5 + random / 2));
  const within = policy?.retry?.within;
  if (within !== undefined && at > failures.first + milliseconds(within)) return null;
  return at;
}

export function attemptsAllowed(policy: StatePolicy | undefined): number {
  return policy?.retry?.attempts ?? defaultRetry.attempts;
}
