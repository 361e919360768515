import { FettleError, type Output } from "@fettle/engine";
import { askOnTerminal } from "./ask.ts";
import { alignedTable, type Row, tabbedTable } from "./table.ts";

/** Result on standard output, talk on standard error. */
export function createOutput({ json, yes }: { readonly json: boolean; readonly yes: boolean }): Output {
  const terminal = process.stdout.isTTY === true;
  const print = (text: string) => {
    if (text !== "") process.stdout.write(`${text}\n`);
  };
  return {
    json,
    terminal,
    result: (value, text) => print(json ? JSON.stringify(value, null, 2) : text),
    table: (rows, value) => print(json ? JSON.stringify(value, null, 2) : tableText(rows, terminal)),
    say: (line) => {
      process.stderr.write(`${line}\n`);
    },
    async ask(question) {
      if (yes && isYesOrNo(question)) return "yes";
      // A program that reads JSON cannot answer, whatever standard input is.
      if (!json && process.stdin.isTTY && process.stderr.isTTY) return askOnTerminal(question);
      throw new FettleError("NO_ANSWER", `Cannot ask "${question}": there is no terminal to answer on`, {
        fix: isYesOrNo(question) ? "Add --yes" : "Give the answer as a flag (--help lists them)",
      });
    },
  };
}

/** The columns that a terminal has; a pipe has no end. */
export function terminalWidth(): number {
  return process.stdout.columns || 80;
}

function tableText(rows: readonly Row[], terminal: boolean): string {
  if (rows.length === 0) return "";
  return terminal ? alignedTable(rows, terminalWidth()) : tabbedTable(rows);
}

function isYesOrNo(question: string): boolean {
  return /\[y\/N\]$/.test(question);
}
