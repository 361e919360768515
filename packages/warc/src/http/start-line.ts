import { type HeadText, readValue } from "./head-text.ts";
import type { HttpFaults } from "./http-fault.ts";

/** A request line (RFC 9112 3). */
export interface RequestLine {
  readonly kind: "request";
  readonly method: string;
  readonly target: string;
  /** `1.1`; undefined where none is written, as in HTTP/0.9. */
  readonly version: string | undefined;
}

/** A status line (RFC 9112 4). */
export interface StatusLine {
  readonly kind: "response";
  /** As written, 0 too; undefined where there is no number. */
  readonly status: number | undefined;
  readonly reason: string | undefined;
  /** `1.1`; undefined where it only says HTTP, as the first servers did. */
  readonly version: string | undefined;
}

const exactStatus = /^HTTP\/(\d\.\d) ([1-5]\d\d) ([^\x00-\x08\x0a-\x1f\x7f]*)$/;
const exactRequest = /^([!#$%&'*+.^_`|~\w-]+) ([\x21\x22\x24-\x7e]+) HTTP\/(\d\.\d)$/;

/** Reads a status line, from `start` to `end` of the head. It must begin with HTTP. */
export function parseStatusLine(head: HeadText, start: number, end: number, faults: HttpFaults): StatusLine {
  const line = head.text.slice(start, end);
  const exact = exactStatus.exec(line);
  // Every part may be empty, so that this fits every line at once, without trying again.
  const [, version, number = "", rest = ""] = exact ?? /^HTTP(?:\/([^ \t]*))?[ \t]*(\d*)[ \t]*(.*)$/is.exec(line) ?? [];
  const reason = trimEnd(readValue(head, end - rest.length, end, faults)) || undefined;
  const status = number === "" ? undefined : Number(number);
  if (!exact) {
    faults.note("HTTP_STATUS_LINE", start, `The status line is ${quote(line)}, expected one as HTTP/1.1 200 OK`);
    if (!/^[1-5]\d\d$/.test(number)) faults.note("HTTP_STATUS", start, `The status is ${quote(number)}, expected 100 to 599`);
  }
  return { kind: "response", status, reason, version: readVersion(version, start, faults) };
}

/** Reads a request line; undefined where its first word can be no method. */
export function parseRequestLine(head: HeadText, start: number, end: number, faults: HttpFaults): RequestLine | undefined {
  const line = head.text.slice(start, end);
  const exact = exactRequest.exec(line);
  if (exact) {
    const [, method = "", target = "", version] = exact;
    return { kind: "request", method, target, version: readVersion(version, start, faults) };
  }
  const method = /^[!#$%&'*+.^_`|~\w-]+(?=[ \t])/.exec(line)?.[0];
  if (method === undefined) return undefined;
  faults.note("HTTP_REQUEST_LINE", start, `The request line is ${quote(line)}, expected one as GET / HTTP/1.1`);
  const used = trimEnd(line);
  const lastSpace = Math.max(used.lastIndexOf(" "), used.lastIndexOf("\t"));
  const version = /^HTTP(?:\/(.*))?$/i.exec(used.slice(lastSpace + 1));
  const hasTarget = version !== null && lastSpace > method.length;
  const targetEnd = start + (hasTarget ? trimEnd(used.slice(0, lastSpace)).length : used.length);
  const target = readValue(head, Math.min(start + method.length, targetEnd), targetEnd, faults).replace(/^[ \t]+/, "");
  return { kind: "request", method, target, version: hasTarget ? readVersion(version[1], start, faults) : undefined };
}

function readVersion(written: string | undefined, at: number, faults: HttpFaults): string | undefined {
  if (written === "1.1" || written === "1.0" || written === undefined || written === "") return written || undefined;
  faults.note("HTTP_VERSION", at, `The version is ${quote(written)}, expected 1.0 or 1.1`);
  // HTTP/2 has no lines at all: what is here was written by a tool, which took the name that browsers show.
  return /^\d$/.test(written) ? `${written}.0` : written;
}

/** Not by a pattern, which would take the square of the length of much white space. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === " " || text[end - 1] === "\t")) end--;
  return text.slice(0, end);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
