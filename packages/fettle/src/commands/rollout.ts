import { FettleError, type RolloutAct, spellAct } from "@fettle/engine";
import { type ExitCode, exit } from "../exit.ts";
import { rolloutRows, rolloutText } from "../output/rollout-text.ts";
import { type Call, type Command, textOf, textsOf } from "./command.ts";
import { jsonObjectOf, jsonOf } from "./json-argument.ts";
import { isNamesOnly, namesOption } from "./names-only.ts";
import { sayIfNobodyWorks } from "./nobody-works.ts";
import { paceOptions, rollOut } from "./roll-out.ts";
import { manyOptions, selectionOf, wordOf } from "./selection.ts";
import { filterOf } from "./selector.ts";
import { askWhy, dryRunOption, whyOption, yesOption } from "./why.ts";

export const rollout: Command = {
  name: "rollout",
  about: "Do one act to many instances in stages, and see how that goes",
  args: [
    { usage: "[word]", about: "start, ls, show or go; without one, ls" },
    { usage: "[name]", about: "of a rollout; after start: retry, cancel, move, edit, signal or start" },
    { usage: "[what]", about: "after start: the state, the signal, or JSON" },
    { usage: "[json]", about: "what goes with a state or a signal" },
  ],
  options: [
    ...manyOptions,
    ...paceOptions,
    { flags: "--remove <field>", about: "of an edit: take a field out; may be repeated", many: true },
    whyOption,
    dryRunOption,
    yesOption,
    namesOption,
  ],
  examples: [
    "fettle rollout start retry --stuck -l region=eu --why 'switch sw-4 is back'",
    "fettle rollout start move confirming -m postgres/failover -s fencing --first 5 --gap 5m --halt-at 2% --why 'the monitoring lied'",
    "fettle rollout ls",
    "fettle rollout show retry-k3f9",
    "fettle rollout go retry-k3f9 --why 'those three are known'",
  ],
  async run(call) {
    const word = textOf(call.args.word) ?? "ls";
    switch (word) {
      case "start":
        return start(call);
      case "ls":
        return list(call);
      case "show":
        return show(call, wordOf(call, "name", "show"));
      case "go":
        return go(call, wordOf(call, "name", "let go on"));
      default:
        throw new FettleError("USAGE", `Cannot ${word} a rollout`, {
          fix: "Write start, ls, show or go; it is paused, resumed and cancelled by its name, like any instance",
        });
    }
  },
};

async function start(call: Call): Promise<ExitCode> {
  const selection = selectionOf(call) ?? (call.options.machine === undefined ? undefined : filterOf(call, []));
  if (selection === undefined) {
    throw new FettleError("USAGE", "Cannot start a rollout to everything unless that is said", {
      fix: "Select with -m, -l, -s or --stuck, or say --all",
    });
  }
  return rollOut(call, actOf(call), selection);
}

/** Throws USAGE, NOT_JSON. */
function actOf(call: Call): RolloutAct {
  const kind = wordOf(call, "name", "roll out");
  const [what, json] = [textOf(call.args.what), textOf(call.args.json)];
  switch (kind) {
    case "retry":
    case "cancel":
      return { kind };
    case "move":
      return { kind, name: wordOf(call, "what", "move to"), payload: json === undefined ? undefined : jsonObjectOf("the data", json) };
    case "signal":
      return { kind, name: wordOf(call, "what", "signal"), payload: json === undefined ? undefined : jsonOf("the payload", json) };
    case "edit":
      return { kind, payload: { set: what === undefined ? {} : jsonObjectOf("the data", what), remove: textsOf(call.options.remove) } };
    case "start":
      return { kind, payload: what === undefined ? undefined : jsonObjectOf("the input", what) };
    default:
      throw new FettleError("USAGE", `Cannot roll out ${kind}: there is no such act`, {
        fix: "Use retry, cancel, move, edit, signal or start",
      });
  }
}

async function list(call: Call): Promise<ExitCode> {
  const names = isNamesOnly(call);
  const found = await (await call.client()).rollouts();
  if (names) call.out.result(found, found.map(({ name }) => name).join("\n"));
  else call.out.table(rolloutRows(found, { terminal: call.out.terminal, now: Date.now() }), found);
  if (!call.out.json && found.length === 0) call.out.say("No rollout was ever started");
  return exit.done;
}

async function show(call: Call, name: string): Promise<ExitCode> {
  const found = await (await call.client()).rollout(name);
  call.out.result(found, rolloutText(found, Date.now()));
  return exit.done;
}

async function go(call: Call, name: string): Promise<ExitCode> {
  const client = await call.client();
  const { act, state, rest, reason } = await client.rollout(name);
  if (call.options.dryRun === true) {
    call.out.result(
      { dryRun: true, name, state, rest },
      `Would let ${name} (${spellAct(act)}) go on: ${rest.toLocaleString("en-US")} are left`,
    );
    return exit.done;
  }
  if (reason !== null) call.out.say(`It has halted: ${reason}`);
  await client.goOn(name, { by: call.by, why: await askWhy(call, `let ${name} go on`) });
  call.out.result({ name }, `${name} goes on`);
  await sayIfNobodyWorks(call, client, `Follow it: fettle rollout show ${name}`);
  return exit.done;
}
