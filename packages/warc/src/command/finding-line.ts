import type { Finding } from "../finding.ts";
import type { Output } from "./output.ts";

/** A finding as a person reads it: where, how bad, what, and what was done about it. */
export function findingLine(finding: Finding, file: string): string {
  const { code, severity, message, clause, done, record, offset, line } = finding;
  const where = [record !== undefined && `record ${record}`, line !== undefined && `line ${line}`].filter(Boolean).join(", ");
  return `${file}:${offset}: ${severity}: ${where && `${where}: `}${message}; ${done} (${code}, ${/^\d|^[A-D]\./.test(clause) ? "ISO 28500 " : ""}${clause})`;
}

/** Gathers the findings of a file, of which a command that is about something else tells the errors. */
export class Errors {
  /** How many there have been. */
  count = 0;
  readonly #lines: string[] = [];

  add(file: string, finding: Finding): void {
    if (finding.severity !== "error") return;
    this.count++;
    this.#lines.push(findingLine(finding, file));
  }

  /** Says those that have not been said yet. */
  async tell(output: Pick<Output, "say">): Promise<void> {
    for (const line of this.#lines.splice(0)) await output.say(line);
  }
}
