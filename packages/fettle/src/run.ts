import { type Failure, FettleError } from "@fettle/engine";
import { CommanderError } from "commander";
import { type ExitCode, exit, exitCodeOf } from "./exit.ts";
import { reportFailure } from "./output/failure.ts";
import { buildProgram } from "./program.ts";

/** Runs one command line, without the words `node` and `fettle`, and answers with what the process ends with. Never throws. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  // `fettle ls | head -1` closes the pipe before everything is written: that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exit.done);
    throw error;
  });
  try {
    const program = await buildProgram(argv);
    await program.commander.parseAsync(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
    return program.ended();
  } catch (thrown) {
    const error = firstOf(thrown);
    if (error instanceof CommanderError && error.exitCode === 0) return exit.done;
    // A group without its command has printed its help.
    if (error instanceof CommanderError && error.code === "commander.help") return exit.usage;
    const failure = told(error, argv);
    reportFailure(failure, argv.includes("--json"));
    return exitCodeOf(failure.code);
  }
}

/** What failed first: what then fails while things are closed only follows from it. */
function firstOf(error: unknown): unknown {
  return error instanceof SuppressedError ? firstOf(error.suppressed) : error;
}

function told(error: unknown, argv: readonly string[]): Failure {
  if (error instanceof CommanderError) return usage(error, argv);
  if (error instanceof FettleError) return { code: error.code, message: error.message, ...(error.fix && { fix: error.fix }) };
  // The system's refusals are sentences with the path in them: EACCES, ENOSPC, EROFS.
  if (error instanceof Error && "syscall" in error && "code" in error)
    return { code: String(error.code), message: `Cannot go on: ${error.message}` };
  return {
    code: "BUG",
    message: `BUG: ${error instanceof Error ? error.stack : String(error)}`,
    fix: "Report it, with the command line and these lines",
  };
}

function usage(error: CommanderError, argv: readonly string[]): Failure {
  const [problem = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const near = /Did you mean (.*)\?/.exec(`${problem} ${suggestion ?? ""}`)?.[1];
  const word = argv.find((each) => !each.startsWith("-"));
  const help = error.code === "commander.unknownCommand" || word === undefined ? "fettle --help" : `fettle ${word} --help`;
  return {
    code: "USAGE",
    message: `Cannot run "fettle ${argv.join(" ")}": ${problem}`,
    fix: near ? `Did you mean ${near.replace(/^one of /, "")}? See ${help}` : `See ${help}`,
  };
}
