import type { Finding } from "../finding.ts";

/** A finding as a person reads it: where, how bad, what, and what was done about it. */
export function findingLine(finding: Finding, file: string): string {
  const { code, severity, message, clause, done, record, offset, line } = finding;
  const where = [record !== undefined && `record ${record}`, line !== undefined && `line ${line}`].filter(Boolean).join(", ");
  return `${file}:${offset}: ${severity}: ${where && `${where}: `}${message}; ${done} (${code}, ${/^\d|^[A-D]\./.test(clause) ? "ISO 28500 " : ""}${clause})`;
}
