import { Cron as Pattern } from "croner";
import { FettleError } from "../error.ts";

/** Times that come again, as `it.wait` takes them. */
export interface Cron {
  readonly kind: "cron";
  /** Minute, hour, day of the month, month, day of the week. */
  readonly expression: string;
  /** An IANA time zone, for example `Europe/Berlin`. */
  readonly zone: string;
  readonly missed: Missed;
}

/** What becomes of times that passed while nothing ran: `once` for all of them together, or `skip` to the next one to come. */
export type Missed = "once" | "skip";

/** A time that is this much late was missed. */
const grace = 60_000;

const unpacked = new WeakMap<Cron, Pattern>();

/**
 * `cron("0 3 * * *", { zone: "Europe/Berlin", missed: "once" })`: the five fields of crontab(5), read in a time zone. In the hour that
 * the clock skips in spring a time moves to the end of the gap; in the hour that comes twice in autumn it comes once. Throws BAD_CRON.
 */
export function cron(expression: string, { zone, missed }: { readonly zone: string; readonly missed: Missed }): Cron {
  const times: Cron = { kind: "cron", expression, zone, missed };
  if (nextTime(times, Date.UTC(2000, 0, 1)) === null) throw bad(times, "it never comes");
  return times;
}

/** The first time after an instant, in milliseconds since 1970; null when none comes any more. */
export function nextTime(times: Cron, after: number): number | null {
  return patternOf(times).nextRun(new Date(after))?.getTime() ?? null;
}

/** The time that has come and is to be worked on: undefined while it is still ahead, and where it was missed and is to be skipped. */
export function struckAt(time: number, missed: Missed, now: number): number | undefined {
  if (time > now || (missed === "skip" && now - time > grace)) return undefined;
  return time;
}

function patternOf(times: Cron): Pattern {
  const known = unpacked.get(times);
  if (known) return known;
  try {
    const pattern = new Pattern(times.expression, { timezone: times.zone, mode: "5-part" });
    // A zone is looked at only when a time is asked for.
    pattern.nextRun();
    unpacked.set(times, pattern);
    return pattern;
  } catch (cause) {
    throw bad(times, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function bad({ expression, zone }: Cron, problem: string, cause?: unknown): FettleError {
  return new FettleError("BAD_CRON", `Cannot read the times "${expression}" in ${zone}: ${problem}`, {
    fix: 'Write the five fields of a crontab and an IANA zone, as in cron("0 3 * * *", { zone: "Europe/Berlin", missed: "once" })',
    retryable: false,
    cause,
  });
}
