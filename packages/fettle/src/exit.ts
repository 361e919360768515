import type { ErrorCode } from "@fettle/engine";

/** What the process ends with. Scripts rely on these numbers: they never change. */
export const exit = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  storeAway: 5,
  part: 6,
  noAnswer: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

const codes: Readonly<Record<string, ExitCode>> = {
  USAGE: exit.usage,
  AMBIGUOUS_KEY: exit.usage,
  MIXED_SELECTION: exit.usage,
  NOT_JSON: exit.usage,
  NOTHING_SELECTED: exit.notFound,
  NOT_ALLOWED: exit.notAllowed,
  STORE_AWAY: exit.storeAway,
  STORE_HELD: exit.storeAway,
  STORE_NOT_UTF8: exit.storeAway,
  STORE_TOO_OLD: exit.storeAway,
  SCHEMA_TOO_NEW: exit.storeAway,
  DONE_IN_PART: exit.part,
  NO_ANSWER: exit.noAnswer,
  INTERRUPTED: exit.interrupted,
};

export function exitCodeOf(code: ErrorCode): ExitCode {
  const listed = codes[code];
  if (listed !== undefined) return listed;
  if (code.startsWith("NO_SUCH_")) return exit.notFound;
  if (code.startsWith("BAD_")) return exit.usage;
  return exit.failed;
}
