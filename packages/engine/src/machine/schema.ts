import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type ErrorCode, FettleError } from "../error.ts";
import { none } from "./it.ts";
import { encode } from "./json.ts";
import type { Machine } from "./machine.ts";
import { andThen, type NowOrLater } from "./now-or-later.ts";

/** Parses with a Standard Schema: at once, unless the schema itself is asynchronous. Throws `code`, naming each path and problem. */
export function parse<Output>(
  schema: StandardSchemaV1<unknown, Output>,
  value: unknown,
  what: string,
  code: ErrorCode,
): NowOrLater<Output> {
  return andThen(schema["~standard"].validate(value), (checked) => {
    if (!checked.issues) return checked.value;
    const problems = checked.issues.map((issue) => `${pathOf(issue, what)}: ${issue.message}`);
    throw new FettleError(code, `Cannot accept ${what}: ${problems.join("; ")}`, {
      retryable: false,
      fix: `Give ${what} the shape that the machine declares`,
    });
  });
}

function pathOf(issue: StandardSchemaV1.Issue, what: string): string {
  const keys = (issue.path ?? []).map((segment) => String(typeof segment === "object" ? segment.key : segment));
  return [what, ...keys].join(".");
}

/** Parses the data of a new run and encodes it; a schema that changes what it has itself put out is refused. */
export async function parseInput(machine: Machine, input: unknown): Promise<string> {
  const first = encode(await parse(machine.data, input, "data", "BAD_DATA"), "data");
  const second = encode(await parse(machine.data, JSON.parse(first), "data", "BAD_DATA"), "data");
  if (first === second) return first;
  throw new FettleError(
    "BAD_DATA",
    `Cannot keep the data of ${machine.name}: its schema turns ${first.slice(0, 200)} into ${second.slice(0, 200)}`,
    {
      fix: "Use a schema whose output it accepts unchanged",
      retryable: false,
    },
  );
}

/** Parses a signal's payload and encodes it; null for a signal without one. Throws NO_SUCH_SIGNAL, BAD_SIGNAL, NOT_JSON. */
export async function parseSignal(machine: Machine, signal: string, payload: unknown): Promise<string | null> {
  const schema = Object.hasOwn(machine.signals, signal) ? machine.signals[signal] : undefined;
  if (schema === undefined) {
    const known = Object.keys(machine.signals);
    throw new FettleError("NO_SUCH_SIGNAL", `Cannot send ${signal}: ${machine.name} takes no such signal`, {
      fix: known.length ? `Send ${known.join(" or ")}` : `Declare it in the machine's signals`,
      retryable: false,
    });
  }
  if (schema === none) {
    if (payload === undefined || payload === null || payload === true) return null;
    throw new FettleError("BAD_SIGNAL", `Cannot send ${signal} with a payload: it carries none`, {
      fix: "Leave the payload out",
      retryable: false,
    });
  }
  return encode(await parse(schema, payload, signal, "BAD_SIGNAL"), signal);
}
