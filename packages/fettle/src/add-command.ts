import { userInfo } from "node:os";
import type { Client, FleetCommand } from "@fettle/engine";
import { type Command as Commander, Option as CommanderOption } from "commander";
import type { Call, Command, Option } from "./commands/command.ts";
import { loadConfig, type Setup } from "./config/load.ts";
import { connect } from "./connect/connect.ts";
import { type ExitCode, exit } from "./exit.ts";
import { interruptible, uninterrupted } from "./interruption.ts";
import { createOutput } from "./output/output.ts";

/** Puts one of fettle's own commands into the command line; `ended` is told what it ends with. */
export function addCommand(parent: Commander, command: Command, ended: (code: ExitCode) => void): void {
  describe(parent, command).action(async (...given: unknown[]) => {
    const commander = given.at(-1) as Commander;
    const work = (abort: AbortSignal) => perform(commander, command, abort);
    ended(await (command.endsItself ? uninterrupted : interruptible)(work));
  });
}

/** The same for a command of a fleet, which is always given a client. */
export function addFleetCommand(parent: Commander, command: FleetCommand): void {
  const { run, interactive, ...described } = command;
  const own: Command = {
    ...described,
    ...(interactive && { endsItself: true }),
    async run(call) {
      const { args, by, abort, out } = call;
      // A fleet's command declares no option that may be repeated.
      const options = call.options as Readonly<Record<string, string | boolean | undefined>>;
      await run.call(command, { client: await call.client(), args, options, by, abort, out });
      return exit.done;
    },
  };
  addCommand(parent, own, () => undefined);
}

function describe(parent: Commander, command: Command): Commander {
  const commander = parent.command(command.name).description(command.about);
  for (const { usage, about } of command.args ?? []) commander.argument(usage, about);
  for (const option of command.options ?? []) commander.addOption(optionOf(option));
  commander.option("--json", "print JSON; asks nothing").option("--config <file>", "default: fettle.config.ts in this folder");
  return commander.addHelpText("after", `\nExamples:\n${command.examples.map((line) => `  ${line}`).join("\n")}`);
}

function optionOf({ flags, about, fallback, many }: Option): CommanderOption {
  const option = new CommanderOption(flags, about);
  if (fallback !== undefined) option.default(fallback);
  if (many) option.argParser((value: string, before: readonly string[] = []) => [...before, value]);
  return option;
}

/** Runs the command, and closes the client that it opened. */
async function perform(commander: Commander, command: Command, abort: AbortSignal): Promise<ExitCode> {
  const options = commander.optsWithGlobals<Call["options"]>();
  const names = commander.registeredArguments.map((argument) => argument.name());
  let setup: Promise<Setup> | undefined;
  let client: Promise<Client> | undefined;
  const load = () => (setup ??= loadConfig(typeof options.config === "string" ? options.config : undefined));
  const call: Call = {
    args: Object.fromEntries(names.map((name, index) => [name, commander.processedArgs[index]])),
    options,
    by: person(),
    abort,
    out: createOutput({ json: options.json === true, yes: options.yes === true }),
    setup: load,
    client: () => (client ??= load().then(connect)),
  };
  try {
    return await command.run(call);
  } finally {
    await (await client?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }
}

function person(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that no user has.
    return process.env.USER ?? `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
