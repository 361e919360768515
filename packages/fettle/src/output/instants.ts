import { spell } from "@fettle/engine";

/** `2m ago`, for people. */
export function ago(instant: string, now: number): string {
  return `${coarse(now - Date.parse(instant))} ago`;
}

/** `in 12s`, or `now` when it has passed. */
export function ahead(instant: string, now: number): string {
  const left = Date.parse(instant) - now;
  return left <= 0 ? "now" : `in ${spell(left)}`;
}

/** How long since, in its largest unit: `9m`. */
export function lasting(instant: string, now: number): string {
  return coarse(now - Date.parse(instant));
}

/** `11:02:31`, with the day in front when it is not today. */
export function clock(instant: string, now: number): string {
  const at = new Date(instant);
  const time = at.toTimeString().slice(0, 8);
  if (at.toDateString() === new Date(now).toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

function coarse(ms: number): string {
  return (
    spell(Math.max(0, ms) < 1000 ? 0 : Math.floor(ms / 1000) * 1000)
      .split(" ")[0]
      ?.replace("0ms", "0s") ?? ""
  );
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
