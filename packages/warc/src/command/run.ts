import { Command, CommanderError } from "commander";
import { WarcError } from "../error.ts";
import { type ExitCode, exit } from "./exit.ts";
import { head } from "./head.ts";
import { ls } from "./ls.ts";
import { flush } from "./output.ts";
import { show } from "./show.ts";
import { validate } from "./validate.ts";

/** Runs one command line, without the words `node` and `warc`, and answers with what the process ends with. Never throws. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  // `warc ls | head -1` closes the pipe before everything is written: that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exit.sound);
    throw error;
  });
  let code: ExitCode = exit.sound;
  try {
    const program = buildProgram((ended) => (code = ended));
    await program.parseAsync(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
  } catch (error) {
    code = reportFailure(error);
  }
  await flush();
  return code;
}

function buildProgram(ended: (code: ExitCode) => void): Command {
  const program = new Command("warc")
    .description("Reads and validates web archives: WARC (ISO 28500) and ARC, plain or packed")
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText("after", ending);
  const files = "a path, FILE:OFFSET to begin at that byte, or - for standard input";
  program
    .command("ls")
    .description("lists the records")
    .argument("<files...>", files)
    .option("--json", "one object a record")
    .addHelpText("after", examples("warc ls crawl.warc.gz", "warc ls --json *.warc.gz | jq -r .targetUri", "curl -s $URL | warc ls -"))
    .action(async (paths: string[], options) => ended(await ls(paths, options)));
  program
    .command("validate")
    .description("lists what does not keep to the standard")
    .argument("<files...>", files)
    .option("--json", "one object a finding, then one with the counts")
    .addHelpText("after", examples("warc validate crawl.warc.gz", "warc validate --json *.warc && upload"))
    .action(async (paths: string[], options) => ended(await validate(paths, options)));
  program
    .command("show")
    .description("prints one record as it is in the file, header and block")
    .argument("<file>", "FILE:OFFSET of the record or of its gzip member; without it the first record")
    .addHelpText("after", examples("warc show crawl.warc.gz", "warc show crawl.warc.gz:12321"))
    .action(async (path: string) => ended(await show(path)));
  program
    .command("head")
    .description("prints the headers of the first records")
    .argument("<files...>", files)
    .option("-n, --count <number>", "how many records a file", count, 10)
    .addHelpText("after", examples("warc head -n 3 crawl.warc.gz", "warc head crawl.warc.gz:12321"))
    .action(async (paths: string[], options) => ended(await head(paths, options)));
  for (const command of program.commands) command.exitOverride().configureOutput({ outputError: () => undefined });
  return program;
}

function examples(...lines: readonly string[]): string {
  return ["", "Examples:", ...lines.map((line) => `  ${line}`)].join("\n");
}

const ending = `
Exit codes: 0 sound · 1 something of severity error was found · 2 wrong usage, or a file that cannot be read`;

function count(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number > 0) return number;
  throw new WarcError("BAD_COUNT", `Cannot show ${JSON.stringify(text)} records`, "Give a whole number of 1 or more");
}

function reportFailure(error: unknown): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return exit.sound;
  process.stderr.write(`${told(error)}\n`);
  return exit.usage;
}

function told(error: unknown): string {
  if (error instanceof CommanderError) return `${error.message.replace(/^error: /, "")} (USAGE)\nFix: see warc --help`;
  if (error instanceof WarcError) return `${error.message} (${error.code})\nFix: ${error.fix}`;
  // The system's refusals are sentences with the path in them: ENOENT, EACCES, EISDIR.
  if (error instanceof Error && "syscall" in error) return `Cannot go on: ${error.message}`;
  return `BUG: ${error instanceof Error ? error.stack : String(error)}\nFix: report it, with the command line and these lines`;
}
