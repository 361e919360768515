import { existsSync } from "node:fs";
import { glob, stat } from "node:fs/promises";

/**
 * The archives that the arguments of a command name, in their order. A pattern that the shell has left as it is, since it stood in quotes or
 * since that shell knows none, is replaced by the files that it matches, in the order of their names. What matches none stays: opening it
 * tells its owner.
 */
export async function expandOperands(operands: readonly string[]): Promise<readonly string[]> {
  const expanded: string[] = [];
  for (const operand of operands) {
    const matches = isPattern(operand) ? await filesLike(operand) : [];
    if (matches.length === 0) expanded.push(operand);
    for (const match of matches) expanded.push(match);
  }
  return expanded;
}

/** Whether it can be no name of a file: a file may well be called `a[1].warc`. */
export function isPattern(operand: string): boolean {
  return /[*?[{]/.test(operand) && !existsSync(operand);
}

async function filesLike(pattern: string): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const path of glob(pattern)) if (!(await stat(path)).isDirectory()) files.push(path);
  return files.sort();
}
