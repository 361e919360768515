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
