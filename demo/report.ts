import { spell } from "@fettle/engine";

export interface Mended {
  readonly fault: string;
  readonly mended: boolean;
  /** Until the cluster was as redundant as before. */
  readonly seconds: number;
  readonly writeGapMs: number;
  /** Acknowledged commits. */
  readonly lost: number;
  readonly pages: number;
  /** Of the machine that mended. */
  readonly states: readonly string[];
}

const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR;

export const bold = (text: string) => paint("1", text);
export const dim = (text: string) => paint("2", text);
export const red = (text: string) => paint("31", text);

function paint(code: string, text: string): string {
  return isColoured ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/** One line a fault. */
export function table(all: readonly Mended[]): string {
  const head = ["FAULT", "STATES WALKED", "MENDED IN", "WRITE GAP", "LOST", "PAGES"];
  const rows = all.map(({ fault, mended, seconds, writeGapMs, lost, pages, states }) => [
    fault,
    states.join(" → "),
    mended ? `${seconds.toFixed(1)}s` : "not",
    spell(writeGapMs),
    String(lost),
    String(pages),
  ]);
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? title).length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [bold(line(head)), ...rows.map(line)].join("\n");
}

/** The stable shape of `--json`. */
export function json(all: readonly Mended[]): string {
  const faults = all.map(({ fault, mended, seconds, writeGapMs, lost, pages }) => ({ fault, mended, seconds, writeGapMs, lost, pages }));
  return JSON.stringify({ faults, lostTotal: all.reduce((sum, { lost }) => sum + lost, 0) });
}
