import type { Finding, Severity } from "../finding.ts";

/** What is wrong with a record, before it is known where the record stands. */
export interface Quirk {
  readonly code: QuirkCode;
  readonly message: string;
  readonly line?: number;
}

interface Rule {
  readonly severity: Severity;
  readonly clause: string;
  readonly done: string;
}

const rules = {
  NO_RECORDS: { severity: "error", clause: "4", done: "ended without a record" },
  GARBAGE: { severity: "error", clause: "4", done: "passed over it to the next record" },
  EXTRA_NEWLINES: { severity: "warning", clause: "4", done: "passed over them" },
  BAD_TRAILER: { severity: "error", clause: "4", done: "went on after the line ends that are there" },
  RECORD_CUT: { severity: "error", clause: "5.3", done: "gave what there is of the block" },
  HEADER_CUT: { severity: "error", clause: "4", done: "took the fields that are there" },
  HEADER_TOO_LONG: { severity: "error", clause: "4", done: "passed over it to the next record" },
  UNKNOWN_VERSION: { severity: "error", clause: "4", done: "read it as WARC/1.1" },
  VERSION_NOT_STANDARD: { severity: "note", clause: "4", done: "read it as WARC/1.0" },
  VERSION_LINE_FORM: { severity: "warning", clause: "4", done: "read it as if it were written WARC/x.y" },
  LF_LINE_ENDS: { severity: "error", clause: "4", done: "took LF for CRLF" },
  FOLDED_FIELD: { severity: "warning", clause: "4", done: "joined the lines by a space" },
  NO_COLON: { severity: "error", clause: "4", done: "ignored the line" },
  SPACE_BEFORE_COLON: { severity: "error", clause: "4", done: "ignored the space" },
  EMPTY_FIELD_NAME: { severity: "error", clause: "4", done: "kept the field under an empty name" },
  CONTROL_CHARACTER: { severity: "error", clause: "4", done: "kept it" },
  NOT_UTF8: { severity: "error", clause: "4", done: "read the line as Latin-1" },
  NO_LENGTH: { severity: "error", clause: "5.3", done: "took the block to be empty" },
  BAD_LENGTH: { severity: "error", clause: "5.3", done: "took the block to be empty" },
  REPEATED_LENGTH: { severity: "error", clause: "5.3", done: "took the first" },
  SHARED_MEMBER: { severity: "warning", clause: "D.2", done: "read the records one after another" },
  SPLIT_RECORD: { severity: "warning", clause: "D.2", done: "joined the members" },
  ARC_BAD_DATE: { severity: "warning", clause: "ARC 1.0", done: "took the digits that are there" },
  ARC_BAD_LENGTH: { severity: "error", clause: "ARC 1.0", done: "took the block to be empty" },
  ARC_NO_SEPARATOR: { severity: "error", clause: "ARC 1.0", done: "read on as if a line end were there" },
  ARC_CRLF_LINE: { severity: "warning", clause: "ARC 1.0", done: "took CRLF for LF" },
  ARC_SPACE_IN_FIELD: { severity: "warning", clause: "ARC 1.0", done: "took the fields by where the date is" },
  ARC_NO_FILEDESC: { severity: "warning", clause: "ARC 1.0", done: "read the records as those of version 1" },
} as const satisfies Record<string, Rule>;

export type QuirkCode = keyof typeof rules;

/** The finding that a quirk is, at its place. */
export function toFinding(quirk: Quirk, place: Pick<Finding, "record" | "offset" | "plainOffset">): Finding {
  const { code, message, line } = quirk;
  return { code, message, ...rules[code], ...place, ...(line !== undefined && { line }) };
}
