/** Stable codes; each has a heading in docs/reference/errors.md. */
export type ErrorCode =
  | "ATTEMPT_TIMEOUT"
  | "BAD_CONFIG"
  | "BAD_DATA"
  | "BAD_DEFINITION"
  | "BAD_DURATION"
  | "BAD_INPUT"
  | "BAD_KEY"
  | "BAD_SIGNAL"
  | "HANDLER_BLOCKED"
  | "HANDLER_FAILED"
  | "INBOX_FULL"
  | "NO_SUCH_INSTANCE"
  | "NO_SUCH_MACHINE"
  | "NO_SUCH_PAGE"
  | "NO_SUCH_SIGNAL"
  | "NO_SUCH_STATE"
  | "NO_SUCH_TRANSITION"
  | "NOT_ALLOWED"
  | "NOT_JSON"
  | "NOT_RUNNING"
  | "PORT_TAKEN"
  | "ALREADY_RUNNING"
  | "SCHEMA_TOO_NEW"
  | "STORE_AWAY"
  | "STORE_CLOSED"
  | "STORE_HELD"
  | "STORE_NOT_UTF8"
  | "STORE_TOO_OLD"
  | "STUCK"
  | "USAGE"
  | (string & {});

export interface ErrorDetails {
  /** What the reader should do next: an imperative sentence without a full stop. */
  readonly fix?: string;
  readonly cause?: unknown;
  /** `false`: do not try again, the instance is stuck at once. Default true. */
  readonly retryable?: boolean;
  /** Try again no sooner than this: what a server said that asked to be left alone. */
  readonly after?: `${number}${"ms" | "s" | "m" | "h" | "d"}`;
}

/** An error that says what happened (`message`), why (`cause`) and what to do next (`fix`). */
export class FettleError extends Error {
  readonly code: ErrorCode;
  readonly fix: string | undefined;
  readonly retryable: boolean;
  readonly after: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "FettleError";
    this.code = code;
    this.fix = details.fix;
    this.retryable = details.retryable ?? true;
    this.after = details.after;
  }
}

/** A failure as it is kept in the store, printed and shown. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
}

/** Turns anything thrown into what is kept of it. A plain Error keeps its `code` when it has one. */
export function failureOf(error: unknown): Failure {
  if (error instanceof FettleError) {
    return { code: error.code, message: error.message, ...(error.fix && { fix: error.fix }) };
  }
  if (error instanceof Error) {
    const code = "code" in error && typeof error.code === "string" ? error.code : "HANDLER_FAILED";
    return { code, message: withCause(error) };
  }
  return { code: "HANDLER_FAILED", message: `Something that is not an Error was thrown: ${String(error)}` };
}

function withCause(error: Error): string {
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return `${error.message || error.name}${cause}`;
}
