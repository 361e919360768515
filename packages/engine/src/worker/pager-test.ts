import { FettleError } from "../error.ts";
import { type Duration, milliseconds } from "../machine/duration.ts";

/** How often the ways are tested by themselves: a span, or a time of the day (`09:00`) of the worker's time zone. */
export type PagerTest = Duration | `${number}:${number}`;

/** A way that was last tested before this instant is to be tested now. Milliseconds since 1970. Throws BAD_DURATION. */
export function testedBefore(schedule: PagerTest, now: Date): number {
  const time = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(schedule);
  if (!time && schedule.includes(":")) {
    throw new FettleError("BAD_DURATION", `Cannot test the pager at "${schedule}"`, {
      fix: "Write a span as in 24h, or a time as in 09:00",
    });
  }
  if (!time) return now.getTime() - milliseconds(schedule);
  const last = new Date(now);
  last.setHours(Number(time[1]), Number(time[2]), 0, 0);
  if (last > now) last.setDate(last.getDate() - 1);
  return last.getTime();
}
