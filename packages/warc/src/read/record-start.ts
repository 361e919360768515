import { isVersionLine } from "./parse-head.ts";

/** Room for a version line with whatever white space is behind it. */
export const longestVersionLine = 64;

/** Whether a WARC record begins at `at`, as far as the bytes tell that are here. */
export function startsWarcRecord(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at];
  if (first !== 0x57 && first !== 0x77) return false;
  const line = lineAt(bytes, at, longestVersionLine);
  return isVersionLine(line.endsWith("\r") ? line.slice(0, -1) : line);
}

/** The line at `at` without its LF, or as much of it as is here and no longer than `most`. */
export function lineAt(bytes: Uint8Array, at: number, most: number): string {
  const window = bytes.subarray(at, at + most);
  const end = window.indexOf(10);
  return latin1.decode(end < 0 ? window : window.subarray(0, end));
}

const latin1 = new TextDecoder("latin1");
