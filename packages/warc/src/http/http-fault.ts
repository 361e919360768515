import type { Severity } from "../finding.ts";
import type { BlockFinding } from "./block-finding.ts";

interface Rule {
  readonly severity: Severity;
  readonly clause: string;
  readonly done: string;
}

/** None is an error: an archive that keeps faithfully what a broken server sent is sound. A warning says that others may read it otherwise. */
const rules = {
  NO_HTTP_HEAD: { severity: "warning", clause: "RFC 9112 2.1", done: "took the whole block as the body" },
  HTTP_HEAD_TOO_LONG: { severity: "warning", clause: "RFC 9112 2.1", done: "took the whole block as the body" },
  HTTP_HEAD_CUT: { severity: "warning", clause: "RFC 9112 2.1", done: "took the fields that are there" },
  HTTP_LEADING_LINES: { severity: "note", clause: "RFC 9112 2.2", done: "passed over them" },
  HTTP_LF_LINE_ENDS: { severity: "note", clause: "RFC 9112 2.2", done: "took LF for CRLF" },
  HTTP_REQUEST_LINE: { severity: "note", clause: "RFC 9112 3", done: "took what it could be" },
  HTTP_STATUS_LINE: { severity: "note", clause: "RFC 9112 4", done: "took what it could be" },
  HTTP_STATUS: { severity: "warning", clause: "RFC 9110 15", done: "gave the number as it is, or none" },
  HTTP_VERSION: { severity: "note", clause: "RFC 9112 2.3", done: "read it as HTTP/1.1 is read" },
  HTTP_FOLDED_FIELD: { severity: "note", clause: "RFC 9112 5.2", done: "joined the lines by a space" },
  HTTP_FOLDED_START_LINE: { severity: "warning", clause: "RFC 9112 2.2", done: "ignored the line" },
  HTTP_NO_COLON: { severity: "warning", clause: "RFC 9112 5", done: "ignored the line" },
  HTTP_SPACE_BEFORE_COLON: { severity: "warning", clause: "RFC 9112 5.1", done: "ignored the space" },
  HTTP_FIELD_NAME: { severity: "warning", clause: "RFC 9110 5.1", done: "kept the name as it is" },
  HTTP_CONTROL_CHARACTER: { severity: "note", clause: "RFC 9110 5.5", done: "kept it" },
  HTTP_NOT_UTF8: { severity: "note", clause: "RFC 9110 5.5", done: "read the value as Latin-1" },
  NOT_CHUNKED: { severity: "warning", clause: "RFC 9112 7.1", done: "took the body as it is" },
  CHUNK_SIZE: { severity: "warning", clause: "RFC 9112 7.1", done: "gave the body up to there" },
  CHUNK_END: { severity: "warning", clause: "RFC 9112 7.1", done: "read on as if a line end were there" },
  CHUNK_LF_LINE_ENDS: { severity: "note", clause: "RFC 9112 2.2", done: "took LF for CRLF" },
  CHUNKS_CUT: { severity: "warning", clause: "RFC 9112 8", done: "gave the body up to there" },
  CHUNK_TRAILER_TOO_LONG: { severity: "warning", clause: "RFC 9112 7.1.2", done: "passed over it" },
  AFTER_CHUNKS: { severity: "warning", clause: "RFC 9112 7.1", done: "passed over it" },
  NOT_CODED: { severity: "warning", clause: "RFC 9110 8.4", done: "took the body as it is" },
  CODING_DAMAGED: { severity: "warning", clause: "RFC 9110 8.4", done: "gave the body up to there" },
  UNKNOWN_CODING: { severity: "warning", clause: "RFC 9110 8.4.1", done: "left the body in it" },
  TOO_MANY_CODINGS: { severity: "warning", clause: "RFC 9110 8.4", done: "left the body in them" },
} as const satisfies Record<string, Rule>;

export type HttpFaultCode = keyof typeof rules;

/** What has been found in one message. Of each kind the first is kept: a server that ends one line wrongly does so with all. */
export class HttpFaults {
  /** Most messages have none. */
  #found: Map<HttpFaultCode, BlockFinding> | undefined;

  note(code: HttpFaultCode, at: number, message: string): void {
    this.#found ??= new Map();
    if (!this.#found.has(code)) this.#found.set(code, { code, ...rules[code], message, at });
  }

  /** In the order of their places. */
  get list(): readonly BlockFinding[] {
    return this.#found ? [...this.#found.values()].sort((one, other) => one.at - other.at) : [];
  }
}
