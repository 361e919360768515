import { FettleError, type LogFormat } from "@fettle/engine";

/** Lines for people on a terminal, a JSON object a line for programs otherwise, or what was asked for. Throws USAGE. */
export function logFormatOf(asked: string | undefined): LogFormat {
  if (asked === undefined) return process.stderr.isTTY ? "text" : "json";
  if (asked === "text" || asked === "json") return asked;
  throw new FettleError("USAGE", `Cannot log as ${asked}`, { fix: "Use --log text or --log json" });
}
