import type { BlockFinding } from "./block-finding.ts";
import { longestHead, type ScannedHead, scanHead, startOfMessage } from "./head-end.ts";
import { readHeadText } from "./head-text.ts";
import { HttpFaults } from "./http-fault.ts";
import { HttpFields } from "./http-fields.ts";
import { lineEnd, nextLine, parseFields } from "./parse-fields.ts";
import { parseRequestLine, parseStatusLine, type RequestLine, type StatusLine } from "./start-line.ts";

/** The head of an HTTP message: its first line, and the fields up to the blank line. */
export type HttpHead = (RequestLine | StatusLine) & { readonly fields: HttpFields };

/** What the block of a record holds before its body. */
export interface ParsedHead {
  /** Undefined where the block begins with none. */
  readonly head: HttpHead | undefined;
  /** Bytes from the start of the block to the body. The head is written again exactly by these. */
  readonly bodyAt: number;
  readonly findings: readonly BlockFinding[];
}

/**
 * Reads the head at the start of a block of `application/http` (ISO 28500:2017 6.3, 6.5; RFC 9112). Reads on wherever browsers or other
 * readers of archives do, and says so. `bytes` need not go beyond the head; where they do not hold its end, the message is taken to end
 * there. `HeadReader` reads it from pieces.
 */
export function parseHttpHead(bytes: Uint8Array, kind: HttpHead["kind"]): ParsedHead {
  return parseScannedHead(bytes, kind, scanHttpHead(bytes));
}

/** Where the head at the start of a block ends. */
export function scanHttpHead(bytes: Uint8Array): ScannedHead {
  return scanHead(bytes.length > longestHead ? bytes.subarray(0, longestHead) : bytes, startOfMessage(bytes));
}

/** The same, where the bytes have been looked at already. */
export function parseScannedHead(bytes: Uint8Array, kind: HttpHead["kind"], { end, controlAt }: ScannedHead): ParsedHead {
  const faults = new HttpFaults();
  const start = startOfMessage(bytes);
  const none = (): ParsedHead => ({ head: undefined, bodyAt: 0, findings: faults.list });
  if (kind === "response" && !beginsWithHttp(bytes, start)) {
    faults.note("NO_HTTP_HEAD", 0, "The block begins with no status line");
    return none();
  }
  if (end === undefined && bytes.length >= longestHead) {
    faults.note("HTTP_HEAD_TOO_LONG", 0, `The head has no end within ${longestHead} bytes`);
    return none();
  }
  const bodyAt = end ?? bytes.length;
  const text = readHeadText(bytes.subarray(0, bodyAt));
  const firstEnd = lineEnd(text.text, start, faults);
  const parseFirst = kind === "response" ? parseStatusLine : parseRequestLine;
  const first = parseFirst(text, start, firstEnd, faults);
  if (!first) {
    const without = new HttpFaults();
    without.note("NO_HTTP_HEAD", 0, "The block begins with no request line");
    return { head: undefined, bodyAt: 0, findings: without.list };
  }
  if (start > 0) faults.note("HTTP_LEADING_LINES", 0, "Empty lines stand before the first");
  if (end === undefined) faults.note("HTTP_HEAD_CUT", bodyAt, "The block ends within the head, expected a blank line");
  const fields = new HttpFields(parseFields(text, nextLine(text.text, firstEnd), faults));
  if (controlAt !== undefined) faults.note("HTTP_CONTROL_CHARACTER", controlAt, "The head has a control character");
  return { head: { ...first, fields }, bodyAt, findings: faults.list };
}

/** `HTTP`, in either case. */
function beginsWithHttp(bytes: Uint8Array, start: number): boolean {
  const is = (at: number, letter: number) => ((bytes[start + at] ?? 0) | 0x20) === letter;
  return is(0, 0x68) && is(1, 0x74) && is(2, 0x74) && is(3, 0x70);
}
