import { readFileSync } from "node:fs";
import { Command as Commander } from "commander";
import { addCommand, addFleetCommand } from "./add-command.ts";
import { catalogue } from "./commands/catalogue.ts";
import { findConfig, loadConfig } from "./config/load.ts";
import { type ExitCode, exit } from "./exit.ts";

export interface Program {
  readonly commander: Commander;
  /** What the process ends with, once the command line has run. */
  ended(): ExitCode;
}

/** The command line as commander knows it. Only the command that is wanted is loaded: a command line must answer at once. */
export async function buildProgram(argv: readonly string[]): Promise<Program> {
  let code: ExitCode = exit.done;
  const program = frame();
  const word = firstWord(argv);
  const wanted = word !== undefined && Object.hasOwn(catalogue, word) ? [word] : Object.keys(catalogue);
  for (const name of wanted) {
    const command = await catalogue[name]?.();
    if (command) addCommand(program, command, (ended) => (code = ended));
  }
  if (wanted.length > 1) await addFleets(program, argv, word);
  return { commander: program, ended: () => code };
}

function frame(): Commander {
  return (
    new Commander("fettle")
      .description("Recovery that runs itself, and tells you when it cannot")
      .version(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version)
      .option("--config <file>", "default: fettle.config.ts in this folder")
      .exitOverride()
      // The sentence about what was wrong is made and printed in one place, with its code and fix.
      .configureOutput({ outputError: () => undefined })
      .helpCommand(true)
      .addHelpText("after", ending)
  );
}

const ending = `
Exit codes: 0 done · 1 failed · 2 wrong usage · 3 not found · 4 not allowed · 5 store away
            6 done in part · 7 no answer to a question · 130 interrupted`;

/** The fleets that the config installs bring commands of their own. Without a config there are none. */
async function addFleets(program: Commander, argv: readonly string[], word: string | undefined): Promise<void> {
  const named = configOption(argv);
  if (argv.includes("--version") || argv.includes("-V") || (named === undefined && findConfig() === undefined)) return;
  try {
    const setup = await loadConfig(named);
    for (const { commands: group } of setup.fleets) {
      if (!group) continue;
      const commander = program.command(group.name).description(group.about);
      for (const command of group.commands) addFleetCommand(commander, command);
    }
  } catch (error) {
    // Help must not need a good config; a word that only a fleet can know does.
    if (word !== undefined && word !== "help") throw error;
    process.stderr.write(`The fleets' commands are missing here. ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

function configOption(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((each) => each === "--config" || each.startsWith("--config="));
  return argv[at]?.includes("=") ? argv[at].slice("--config=".length) : at < 0 ? undefined : argv[at + 1];
}

function firstWord(argv: readonly string[]): string | undefined {
  return argv.find((each, index) => !each.startsWith("-") && argv[index - 1] !== "--config");
}
