import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import { commands } from "./commands.ts";

test("each command is loaded by its own name, and has examples in its help", async () => {
  for (const [name, load] of Object.entries(commands)) {
    const program = new Command();
    (await load())(program, () => undefined);
    const [command, ...others] = program.commands;
    assert.deepEqual([command?.name(), others.length], [name, 0]);
    let help = "";
    for (const each of command?.commands.length ? command.commands : [command]) {
      each?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      assert.match(help, /Examples:\n {2}\S/, `${name} ${each?.name()}`);
    }
  }
});
