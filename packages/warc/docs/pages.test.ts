import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Command } from "commander";
import { commands } from "../src/command/commands.ts";
import { fixtures } from "../test/fixture.ts";
import { runPage } from "./run-page.ts";

/** What is another each time: a time, an id, a digest of a block that a time is in, a key, and how well all of that could be packed. */
const varying: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\r/g, ""],
  [/\b20\d\d-\d\d-\d\dT[\d:.]+Z/g, "TIME"],
  [/\b20\d{12}\b/g, "TIMESTAMP"],
  [/\b\w{3}, \d\d \w{3} 20\d\d [\d:]+ GMT/g, "DATE"],
  [/\b[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\b/g, "UUID"],
  [/\bsha1:[A-Z2-7]{32}\b/g, "DIGEST"],
  [/\bMFkw[\w+/=]+/g, "KEY"],
  [/\b[\d.]+ kB\b/g, "SIZE"],
];

const mask = (text: string) => varying.reduce((masked, [pattern, name]) => masked.replace(pattern, name), text).trimEnd();

/** A folder as the reader of a page has it: with the archives that the page speaks of, and the package installed. */
function makeFolder() {
  const path = mkdtempSync(join(tmpdir(), "warc-docs-"));
  cpSync(fixtures, path, { recursive: true });
  symlinkSync(join(import.meta.dirname, "../../../node_modules"), join(path, "node_modules"));
  writeFileSync(join(path, "package.json"), '{ "type": "module" }');
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

async function checkPage(text: string): Promise<void> {
  using folder = makeFolder();
  const steps = await runPage(text, folder.path);
  assert.notEqual(steps.length, 0, "nothing is run");
  for (const { command, shown, printed } of steps) assert.equal(mask(printed), mask(shown), `$ ${command}`);
}

const read = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");

describe("every command of the documentation prints what is shown", () => {
  test("tutorial", () => checkPage(read("tutorial.md")));

  const [, ...recipes] = read("how-to.md").split(/^## /m);
  for (const recipe of recipes) test(`how to: ${recipe.slice(0, recipe.indexOf("\n"))}`, () => checkPage(recipe));

  test("README", () => checkPage(read("../README.md")));
});

test("every command and flag that is named in a sentence or a table is there", async () => {
  const pages = [
    "tutorial.md",
    "how-to.md",
    "leniency.md",
    "warctools.md",
    "conformance.md",
    "../README.md",
    "../wacz.md",
    "../conformance/README.md",
  ];
  const named = pages.flatMap((page) => [...read(page).matchAll(/`warc ([a-z]+)(?: (create|ls|validate|sign|verify)\b)?([^`]*)`/g)]);
  assert.ok(named.length > 40, `only ${named.length} were found`);
  for (const [whole, name = "", part, rest = ""] of named) {
    const program = new Command();
    (await commands[name]?.())?.(program, () => undefined);
    const command = part && name === "wacz" ? program.commands[0]?.commands.find((each) => each.name() === part) : program.commands[0];
    assert.ok(command, whole);
    const flags = command.options.flatMap(({ short, long }) => [short, long]);
    for (const [flag] of rest.matchAll(/(?<=\s)--?[a-z][\w-]*/g)) assert.ok(flags.includes(flag), `${flag} of ${whole}`);
  }
});
