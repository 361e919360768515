import { WarcError } from "../error.ts";

/** A line of a file: its bytes without its line end, and where it starts. */
export interface Line {
  readonly bytes: Uint8Array;
  /** From 1. */
  readonly number: number;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Whether the line went on, beyond `longestLine`, and the rest was left out. */
  readonly isCut: boolean;
}

/** Bytes of a line that are kept. No line of an index comes near it, and a file without line ends must not fill the memory. */
export const longestLine = 1 << 20;

/** What is thrown of a source that is no index: it has a line that no line of an index can be, and whoever must have it whole cannot go on. */
export function lineTooLong(source: string): WarcError {
  return new WarcError(
    "LINE_TOO_LONG",
    `Cannot read the lines of ${source}: one is longer than ${longestLine} bytes`,
    "Look whether this is an index, and whether it is still compressed",
  );
}

/** Lines end with LF, or CRLF; the last one may end with the file. Holds one line and one chunk. */
export async function* readLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let held = 0;
  let number = 1;
  let offset = 0;
  let start = 0;
  const take = (): Line => {
    const line = { bytes: withoutReturn(join(parts, Math.min(held, longestLine))), number, offset: start, isCut: held > longestLine };
    parts = [];
    held = 0;
    number++;
    return line;
  };
  for await (const chunk of source) {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, from)) {
      if (held < longestLine) parts.push(chunk.subarray(from, end));
      held += end - from;
      yield take();
      from = end + 1;
      start = offset + from;
    }
    if (from < chunk.length && held < longestLine) parts.push(chunk.slice(from));
    held += chunk.length - from;
    offset += chunk.length;
  }
  if (held > 0) yield take();
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first) return first.length > length ? first.subarray(0, length) : first;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part.subarray(0, length - at), at);
    at = Math.min(length, at + part.length);
  }
  return whole;
}

/** A line that ended with CRLF. */
export function withoutReturn(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
}
