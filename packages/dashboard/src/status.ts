import { type Failure, FettleError, failureOf } from "@fettle/engine";
import type { ContentfulStatusCode } from "hono/utils/http-status";

const statuses: Readonly<Record<string, ContentfulStatusCode>> = {
  ALREADY_RUNNING: 409,
  AMBIGUOUS_KEY: 400,
  INBOX_FULL: 429,
  MIXED_SELECTION: 400,
  NEEDS_DATA: 400,
  NOT_ALLOWED: 403,
  NOT_ASKED: 409,
  NOT_HALTED: 409,
  NOT_JSON: 400,
  NOT_OPEN: 409,
  NOT_RUNNING: 409,
  NOTHING_SELECTED: 404,
  STORE_AWAY: 503,
  USAGE: 400,
};

/** The HTTP status of a failure. What is not the caller's doing, and not foreseen, is a 500. */
export function statusOf(code: string): ContentfulStatusCode {
  const status = Object.hasOwn(statuses, code) ? statuses[code] : undefined;
  if (status !== undefined) return status;
  if (code.startsWith("NO_SUCH_")) return 404;
  return code.startsWith("BAD_") ? 400 : 500;
}

/** What is told of a thrown error, and its status. Only a FettleError chooses its status: a stray `code` of Node's does not. */
export function toldOf(error: unknown): { readonly failure: Failure; readonly status: ContentfulStatusCode } {
  const failure = failureOf(error);
  return { failure, status: error instanceof FettleError ? statusOf(failure.code) : 500 };
}
