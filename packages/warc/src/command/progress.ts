import { showStatus } from "./output.ts";

export interface Progress extends Disposable {
  /** Tells that so many bytes more have been read. */
  passed(bytes: number): void;
}

/** Not more often than a person can read. */
const between = 200;

/** Shows how far a command is, in the last line of a terminal; where standard error is none, nothing. */
export function startProgress(total: number, quiet: boolean): Progress {
  if (quiet || !process.stderr.isTTY) return { passed: () => undefined, [Symbol.dispose]: () => undefined };
  const start = performance.now();
  let done = 0;
  let shown = start;
  return {
    passed(bytes) {
      done += bytes;
      const now = performance.now();
      if (now - shown < between) return;
      shown = now;
      showStatus(progressLine(done, total, now - start));
    },
    [Symbol.dispose]: () => showStatus(""),
  };
}

/** `43 % of 1.2 GB, 180 MB/s, 4 s left`: of bytes, and milliseconds. Without a total there is no share, and nothing left. */
export function progressLine(done: number, total: number, elapsed: number): string {
  const rate = elapsed > 0 ? (done / elapsed) * 1000 : 0;
  if (total < done || total === 0) return `${size(done)}, ${size(rate)}/s`;
  const left = rate > 0 ? `, ${duration((total - done) / rate)} left` : "";
  return `${Math.floor((100 * done) / total)} % of ${size(total)}, ${size(rate)}/s${left}`;
}

const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** Bytes as people say them: `1.2 GB`. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
