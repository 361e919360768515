/**
 * Runs test files, each in a process of its own. `node --test` does that too, but a file that never ends (a `while (true)`, a listener
 * left open) holds it up for ever: its timeout is kept by the file's own event loop. Here the file is killed, with all that it started.
 */
import { spawn } from "node:child_process";

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface TestRun {
  readonly failed: boolean;
  /** Of the files that failed, whole; of the others, the tests that were skipped. */
  readonly output: string;
  readonly tally: Tally;
}

/** A run of many files. */
export interface FilesRun extends TestRun {
  /** The files that took the longest, with their seconds. */
  readonly longest: readonly { readonly file: string; readonly seconds: number }[];
}

interface FileRun extends TestRun {
  readonly file: string;
  readonly seconds: number;
}

interface Limits {
  /** Files at a time. */
  readonly atOnce: number;
  /** A file that has not ended by then is killed. */
  readonly fileSeconds: number;
}

/** Runs test files, named from the folder `root`. No file at all is a failure, and so is a file without a test. */
export async function runTests(root: string, files: readonly string[], limits: Limits): Promise<FilesRun> {
  if (files.length === 0) return { failed: true, output: "No test was found", tally: { passed: 0, failed: 0, skipped: 0 }, longest: [] };
  const waiting = [...files];
  const runs: FileRun[] = [];
  const lane = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      runs.push(await runFile(root, file, limits.fileSeconds));
      showProgress(runs.length, files.length);
    }
  };
  await Promise.all(Array.from({ length: limits.atOnce }, lane));
  const sum = (key: keyof Tally) => runs.reduce((total, run) => total + run.tally[key], 0);
  return {
    failed: runs.some((run) => run.failed),
    output: runs.map((run) => run.output).join(""),
    tally: { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") },
    longest: runs.toSorted((one, other) => other.seconds - one.seconds).slice(0, 5),
  };
}

/** On a terminal only, in a line that the next one overwrites. */
function showProgress(done: number, all: number): void {
  if (process.stdout.isTTY) process.stdout.write(done < all ? `\r${done} of ${all} test files` : "\r\x1b[K");
}

async function runFile(root: string, file: string, seconds: number): Promise<FileRun> {
  const began = performance.now();
  // The embedded store is compiled anew in each file, and none runs long enough to gain by V8's second, better compilation of it.
  const args = ["--liftoff-only", "--test-reporter=spec", `--test-timeout=${seconds * 1000}`, file];
  // A process group of its own, so that what a test started can be ended with it.
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const end = () => endGroup(child.pid);
  process.once("exit", end);
  const timer = setTimeout(() => {
    output += `\nKilled: ${file} had not ended after ${seconds} s: a test hangs, or something that it opened was left open\n`;
    end();
  }, seconds * 1000);
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  clearTimeout(timer);
  process.off("exit", end);
  return { file, seconds: (performance.now() - began) / 1000, ...judge(file, code === 0, output) };
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // Gone by itself in between, which is all that was wanted.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function judge(file: string, ended: boolean, output: string): TestRun {
  const tally = tallyOf(output);
  const ran = tally.passed + tally.failed + tally.skipped;
  if (ended && ran > 0) return { failed: false, output: skippedIn(output, file), tally };
  const why = ran === 0 ? "\nIt ran no test\n" : "";
  return { failed: true, output: `\n── ${file}\n${output}${why}`, tally: { ...tally, failed: Math.max(tally.failed, 1) } };
}

function tallyOf(output: string): Tally {
  const count = (name: string) => Number(new RegExp(`^ℹ ${name} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
  // A suite that is skipped whole counts as no test at all in the summary; it has its line.
  const skipped = [...output.matchAll(skippedLine)].length;
  return { passed: count("pass"), failed: count("fail") + count("cancelled"), skipped: skipped + count("todo") };
}

const skippedLine = /^\s*﹣ (.*)$/gm;

function skippedIn(output: string, file: string): string {
  return [...output.matchAll(skippedLine)].map((line) => `skipped: ${file}: ${line[1]}\n`).join("");
}
