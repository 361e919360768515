import type { Command } from "commander";
import { WarcError } from "../error.ts";
import type { ExitCode } from "./exit.ts";

/** Adds one command to the program; what it ends with is told to `ended`. */
export type AddCommand = (program: Command, ended: (code: ExitCode) => void) => void;

/** How the argument of most commands is explained. */
export const files = "paths or patterns such as '*.warc.gz', FILE:OFFSET to begin at that byte, or - for standard input";

/** Text for the end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return ["", "Examples:", ...lines.map((line) => `  ${line}`)].join("\n");
}

/** Parses a flag that is a whole number of 1 or more. */
export function count(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number > 0) return number;
  throw new WarcError("BAD_COUNT", `Cannot take ${JSON.stringify(text)} for a number`, "Give a whole number of 1 or more");
}
