import { milliseconds } from "./duration.ts";
import type { StatePolicy } from "./machine.ts";

export const defaultTimeout = "30s";
export const defaultRetry = { attempts: 5, backoff: "exponential", first: "1s", cap: "1m" } as const;

export interface Failures {
  /** Failed attempts of this visit, the last one included. */
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly first: number;
  readonly now: number;
}

/**
 * When to try again, in milliseconds since 1970; null when the policy is spent. `random` (0 to 1) spreads attempts over the
 * second half of the gap, so that many that failed together do not come back together.
 */
export function nextAttempt(policy: StatePolicy | undefined, failures: Failures, random: number): number | null {
  const retry = { ...defaultRetry, ...policy?.retry };
  if (failures.count >= retry.attempts) return null;
  const first = milliseconds(retry.first);
  const doublings = retry.backoff === "exponential" ? Math.min(failures.count - 1, 40) : 0;
  const gap = Math.min(first * 2 ** doublings, milliseconds(retry.cap));
  const at = failures.now + gap * (0.5 + random / 2);
  const within = policy?.retry?.within;
  if (within !== undefined && at > failures.first + milliseconds(within)) return null;
  return at;
}

export function attemptsAllowed(policy: StatePolicy | undefined): number {
  return policy?.retry?.attempts ?? defaultRetry.attempts;
}
