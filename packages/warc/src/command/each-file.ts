import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import type { WarcError } from "../error.ts";
import { inWorkers } from "./file-workers.ts";
import { expandOperands } from "./operands.ts";
import { type Output, print, say } from "./output.ts";
import { type Progress, startProgress } from "./progress.ts";
import { asUnreadable, sizeOf } from "./source.ts";

/** What a command does with each of its files. It and its result go between threads, so both are plain data. */
export interface FileWork<Options, Result> {
  /** The URL of the module that exports this as `work`: a thread of its own imports it from there. */
  readonly module: string;
  run(argument: string, options: Options, output: Output): Promise<Result>;
}

export type Outcome<Result> =
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "unreadable"; readonly error: WarcError };

/** The flags of commands that read many files. */
export interface ManyFiles {
  readonly jobs: number;
  readonly quiet?: boolean;
}

/** Adds them. */
export function takesManyFiles(command: Command): Command {
  return command
    .option(
      "-j, --jobs <number>",
      "files read at once, each by a thread; 0: as many as there are processors, 1 where the files are small",
      jobs,
      0,
    )
    .option("-q, --quiet", "no progress, which is shown on terminals only");
}

/**
 * Does the work with each file, `jobs` at once. What they write comes out in the order of the files all the same, and so do the results. A
 * file that cannot be read is told, and the others are done. Answers whether all could be read.
 */
export async function eachFile<Options, Result>(
  work: FileWork<Options, Result>,
  operands: readonly string[],
  options: Options & ManyFiles,
  take: (result: Result) => void,
): Promise<boolean> {
  const files = await expandOperands(operands);
  const total = await totalSize(files);
  using progress = startProgress(total, options.quiet ?? false);
  const threads = Math.min(files.length, options.jobs || sensibleJobs(total));
  // Standard input belongs to the main thread.
  const isParallel = threads > 1 && !files.includes("-");
  const outcomes = isParallel ? inWorkers(work, files, options, threads, progress) : inTurn(work, files, options, progress);
  let areAllRead = true;
  for await (const outcome of outcomes) {
    if (outcome.kind === "done") take(outcome.result);
    else {
      tellUnreadable(outcome.error);
      areAllRead = false;
    }
  }
  return areAllRead;
}

/** Says why a file cannot be read; the command goes on. */
export function tellUnreadable({ message, code, fix }: WarcError): void {
  say(`${message} (${code})\nFix: ${fix}`);
}

async function* inTurn<Options, Result>(
  work: FileWork<Options, Result>,
  files: readonly string[],
  options: Options,
  { passed }: Progress,
): AsyncGenerator<Outcome<Result>> {
  const output: Output = { print, say: async (line) => say(line), passed };
  for (const file of files) yield await tryFile(() => work.run(file, options, output), file);
}

/** Turns a file that cannot be read into a value; all else is thrown. */
export async function tryFile<Result>(run: () => Promise<Result>, file: string): Promise<Outcome<Result>> {
  try {
    return { kind: "done", result: await run() };
  } catch (error) {
    const unreadable = asUnreadable(error, file);
    if (!unreadable) throw error;
    return { kind: "unreadable", error: unreadable };
  }
}

/** Bytes below which a thread takes longer to start than to read its share. */
const worthThreads = 32_000_000;

function sensibleJobs(total: number): number {
  return total < worthThreads ? 1 : availableParallelism();
}

async function totalSize(files: readonly string[]): Promise<number> {
  let total = 0;
  for (const file of files) total += await sizeOf(file);
  return total;
}

function jobs(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number, 0 for as many as there are processors");
}
