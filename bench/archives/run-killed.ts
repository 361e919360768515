import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Gives each of `jobs` to a program that prints a line for each, in order, and answers with the lines. Where none comes for `patience`
 * milliseconds the program is killed and begun anew behind the job that it hung on, whose line is then undefined.
 */
export async function runKilled(
  program: readonly string[],
  jobs: readonly string[],
  patience: number,
): Promise<readonly (string | undefined)[]> {
  const lines: (string | undefined)[] = [];
  while (lines.length < jobs.length) {
    const before = lines.length;
    for await (const line of linesOf([...program, ...jobs.slice(before)], patience)) lines.push(line);
    if (lines.length < jobs.length) lines.push(undefined);
  }
  return lines;
}

async function* linesOf(program: readonly string[], patience: number): AsyncGenerator<string> {
  const child = spawn(process.execPath, program, { stdio: ["ignore", "pipe", "inherit"] });
  let timer = setTimeout(() => child.kill("SIGKILL"), patience);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill("SIGKILL"), patience);
      yield line;
    }
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}
