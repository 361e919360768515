import { FettleError } from "@fettle/engine";

/** A JSON value as a shell passes it. Throws NOT_JSON. */
export function jsonOf(where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new FettleError("NOT_JSON", `Cannot read ${where} as JSON: ${problem}`, {
      fix: `Write it in single quotes, as in '{"region":"eu"}'`,
      cause,
    });
  }
}

/** A JSON object as a shell passes it. Throws NOT_JSON, USAGE. */
export function jsonObjectOf(where: string, text: string): Readonly<Record<string, unknown>> {
  const value = jsonOf(where, text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new FettleError("USAGE", `Cannot use ${text} as ${where}: it is no object`, { fix: `Write fields, as in '{"region":"eu"}'` });
}
