/** How much it matters: with an error something is lost or wrong, with a warning somebody may stumble, a note is worth knowing. */
export type Severity = "error" | "warning" | "note";

/** What the standard says and a file does not keep to: where, which clause, and what was done about it. */
export interface Finding {
  /** Stable, in capitals: `BAD_TRAILER`. */
  readonly code: string;
  readonly severity: Severity;
  /** What is there, and what was expected. */
  readonly message: string;
  /** Of ISO 28500:2017, or of another standard by its name: `6.2`, `RFC 9112 2.2`. */
  readonly clause: string;
  /** What the reader did: `read on as if it were there`. */
  readonly done: string;
  /** The record's number in its file, from 0; absent where it is in none. */
  readonly record?: number;
  /** Bytes from the start of the file as it is stored: of the member or frame where the record is compressed. */
  readonly offset: number;
  /** Bytes from the start of the file as it is when unpacked. */
  readonly plainOffset: number;
  /** The header line, from 1 for the version line. */
  readonly line?: number;
}
