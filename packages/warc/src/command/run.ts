import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { WarcError } from "../error.ts";
import { commands } from "./commands.ts";
import { type ExitCode, exit } from "./exit.ts";
import { flush } from "./output.ts";

/** Runs one command line, without the words `node` and `warc`, and answers with what the process ends with. Never throws. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  // `warc ls | head -1` closes the pipe before everything is written: that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exit.sound);
    throw error;
  });
  let code: ExitCode = exit.sound;
  try {
    const program = await buildProgram(argv[0], (ended) => (code = ended));
    await program.parseAsync(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
  } catch (error) {
    code = reportFailure(error);
  }
  await flush();
  return code;
}

async function buildProgram(first: string | undefined, ended: (code: ExitCode) => void): Promise<Command> {
  const program = new Command("warc")
    .description("Reads, writes, validates and mends web archives: WARC (ISO 28500) and ARC, plain or packed")
    .version(JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText("after", ending);
  const wanted = first !== undefined && Object.hasOwn(commands, first) ? commands[first] : undefined;
  for (const load of wanted ? [wanted] : Object.values(commands)) (await load())(program, ended);
  for (const command of program.commands) command.exitOverride().configureOutput({ outputError: () => undefined });
  return program;
}

const ending = `
Exit codes: 0 sound · 1 something of severity error was found · 2 wrong usage, or a file that cannot be read`;

function reportFailure(error: unknown): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return exit.sound;
  process.stderr.write(`${told(error)}\n`);
  return exit.usage;
}

function told(error: unknown): string {
  if (error instanceof CommanderError) return `${error.message.replace(/^error: /, "")} (USAGE)\nFix: see warc --help`;
  if (error instanceof WarcError) return `${error.message} (${error.code})\nFix: ${error.fix}`;
  if (error instanceof Error && "syscall" in error && "code" in error) return refusal(error.message, String(error.code));
  return `BUG: ${error instanceof Error ? error.stack : String(error)}\nFix: report it, with the command line and these lines`;
}

const waysOut: Readonly<Record<string, string>> = {
  ENOENT: "Look whether the path is right; a folder to write into has to be made first",
  EACCES: "Name another path, or get the right to this one",
  ENOSPC: "Make room on the disk, and begin again",
  EADDRINUSE: "Choose another port",
};

/** The system's refusals are sentences with the path in them. */
function refusal(message: string, code: string): string {
  return `Cannot go on: ${message} (${code})\nFix: ${waysOut[code] ?? "See to it that the system lets it be done, and begin again"}`;
}
