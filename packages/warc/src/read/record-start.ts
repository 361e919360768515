/** Room for a version line with whatever white space is behind it. */
export const longestVersionLine = 64;

/** Whether a version line of WARC is at `at`, in upper or lower case, as far as the bytes tell that are here. */
export function startsWarcRecord(bytes: Uint8Array, at: number): boolean {
  if (!isLetter(bytes[at], "w") || !isLetter(bytes[at + 1], "a") || !isLetter(bytes[at + 2], "r") || !isLetter(bytes[at + 3], "c"))
    return false;
  if (bytes[at + 4] !== 0x2f) return false;
  const dot = passDigits(bytes, at + 5);
  const end = passDigits(bytes, dot + 1);
  if (dot === at + 5 || bytes[dot] !== 0x2e || end === dot + 1) return false;
  let after = end;
  while (bytes[after] === 0x20 || bytes[after] === 0x09) after++;
  if (bytes[after] === 0x0d) after++;
  return after >= bytes.length || bytes[after] === 0x0a;
}

function isLetter(byte: number | undefined, letter: string): boolean {
  return byte !== undefined && (byte | 0x20) === letter.charCodeAt(0);
}

function passDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < from + longestVersionLine && (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39) at++;
  return at;
}

/** The line at `at` without its LF, or as much of it as is here and no longer than `most`. */
export function lineAt(bytes: Uint8Array, at: number, most: number): string {
  const window = bytes.subarray(at, at + most);
  const end = window.indexOf(10);
  return latin1.decode(end < 0 ? window : window.subarray(0, end));
}

const latin1 = new TextDecoder("latin1");
