import type { Log, LogFields, LogFormat } from "./options.ts";

/** Writes to standard error. */
export function createLog(format: LogFormat): Log {
  const write = (line: string, about?: LogFields) => process.stderr.write(logLine(format, new Date(), line, about));
  return Object.assign(write, { format });
}

export function logLine(format: LogFormat, now: Date, line: string, { level = "info", ...rest }: LogFields = {}): string {
  if (format === "text") return `${now.toTimeString().slice(0, 8)} ${line}\n`;
  return `${JSON.stringify({ time: now.toISOString(), level, msg: line, ...rest })}\n`;
}
