import { FettleError, type Log } from "@fettle/engine";
import { clock } from "./instants.ts";

export type LogFormat = "text" | "json";

/** Lines for people on a terminal, a JSON object a line for programs otherwise, or what was asked for. Throws USAGE. */
export function logFormatOf(asked: string | undefined): LogFormat {
  if (asked === undefined) return process.stderr.isTTY ? "text" : "json";
  if (asked === "text" || asked === "json") return asked;
  throw new FettleError("USAGE", `Cannot log as ${asked}`, { fix: "Use --log text or --log json" });
}

/** Writes to standard error. */
export function createLog(format: LogFormat): Log {
  return (line, about = {}) => {
    const now = new Date();
    const time = now.toISOString();
    const { level = "info", ...rest } = about;
    const text = format === "json" ? JSON.stringify({ time, level, msg: line, ...rest }) : `${clock(time, now.getTime())} ${line}`;
    process.stderr.write(`${text}\n`);
  };
}
