import { FettleError } from "../error.ts";

/** A whole number and a unit: `500ms`, `10s`, `5m`, `2h`, `7d`. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const pattern = /^(\d{1,12})(ms|s|m|h|d)$/;

/** Policies name the same few at each attempt. */
const known = new Map<string, number>();

export function isDuration(text: string): text is Duration {
  return pattern.test(text);
}

/** Milliseconds of a duration. Throws BAD_DURATION for anything else. */
export function milliseconds(text: string): number {
  const seen = known.get(text);
  if (seen !== undefined) return seen;
  const read = parseDuration(text);
  if (known.size < 1000) known.set(text, read);
  return read;
}

function parseDuration(text: string): number {
  const parts = pattern.exec(text);
  if (!parts) {
    throw new FettleError("BAD_DURATION", `Cannot read the duration "${text}"`, {
      fix: "Write a whole number and a unit, as in 500ms, 10s, 5m, 2h or 7d",
      retryable: false,
    });
  }
  return Number(parts[1]) * unit[parts[2] as keyof typeof unit];
}

/** The two largest units of a span, as people say it: `1m 40s`, `350ms`, `2h`. */
export function spell(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 10) return `${(ms / 1000).toFixed(1).replace(/\.0$/, "")}s`;
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return pair(seconds, 60, "m", "s");
  if (seconds < 86_400) return pair(Math.floor(seconds / 60), 60, "h", "m");
  return pair(Math.floor(seconds / 3600), 24, "d", "h");
}

function pair(small: number, ratio: number, large: string, rest: string): string {
  const left = small % ratio;
  return `${Math.floor(small / ratio)}${large}${left ? ` ${left}${rest}` : ""}`;
}
