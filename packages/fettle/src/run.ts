import { type Failure, failureOf } from "@fettle/engine";
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
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exit.done;
    // A group without its command has printed its help.
    if (error instanceof CommanderError && error.code === "commander.help") return exit.usage;
    const failure = error instanceof CommanderError ? usage(error, argv) : failureOf(error);
    reportFailure(failure, argv.includes("--json"));
    return exitCodeOf(failure.code);
  }
}

function usage(error: CommanderError, argv: readonly string[]): Failure {
  const [problem = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const near = /Did you mean (.*)\?/.exec(suggestion ?? "")?.[1];
  const word = argv.find((each) => !each.startsWith("-"));
  const help = error.code === "commander.unknownCommand" || word === undefined ? "fettle --help" : `fettle ${word} --help`;
  return {
    code: "USAGE",
    message: `Cannot run "fettle ${argv.join(" ")}": ${problem}`,
    fix: near ? `Did you mean ${near.replace(/^one of /, "")}? See ${help}` : `See ${help}`,
  };
}
