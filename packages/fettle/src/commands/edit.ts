import { type Edit, FettleError, type FieldChange, type InstanceDetail } from "@fettle/engine";
import { type ExitCode, exit } from "../exit.ts";
import { spellChange } from "../output/history-rows.ts";
import { type Call, type Command, textOf, textsOf } from "./command.ts";
import { editByHand } from "./edit-by-hand.ts";
import { jsonObjectOf } from "./json-argument.ts";
import { sayIfNobodyWorks } from "./nobody-works.ts";
import { paceOptions, rollOut } from "./roll-out.ts";
import { manyOptions, selectionOf, withoutKey, wordOf } from "./selection.ts";
import { targetOf } from "./target.ts";
import { askWhy, dryRunOption, whyOption, yesOption } from "./why.ts";

export const edit: Command = {
  name: "edit",
  about: "Change fields of an instance's data, and say what differs; or of all that are selected, in stages",
  args: [
    { usage: "[key]", about: "its key, or MACHINE/KEY" },
    {
      usage: "[json]",
      about: "fields to set; the others stay. With none, and none to remove, your editor ($VISUAL, $EDITOR or vi) opens the data",
    },
  ],
  options: [
    { flags: "--remove <field>", about: "take a field out; may be repeated", many: true },
    ...manyOptions,
    ...paceOptions,
    whyOption,
    dryRunOption,
    yesOption,
  ],
  examples: [
    "fettle edit prod-9",
    `fettle edit prod-9 '{"candidate":"db-2"}' --why 'db-1 has no disk'`,
    "fettle edit prod-9 --remove candidate --why 'choose again' --dry-run",
    `fettle edit '{"candidate":"db-2"}' -l region=eu -m postgres/failover --why 'db-1 has no disk'`,
  ],
  async run(call) {
    const selection = selectionOf(call);
    if (selection) return rollOut(call, { kind: "edit", payload: editOf(withoutKey(call, "edit")) }, selection);
    wordOf(call, "key", "edit");
    if (isByHand(call)) {
      const instance = await targetOf(call, "edit");
      const changes = await editByHand(instance, (edit) => apply(call, instance, edit), call.out.say);
      return tell(call, instance, changes);
    }
    const edit = editOf(call);
    const instance = await targetOf(call, "edit");
    return tell(call, instance, await apply(call, instance, edit));
  },
};

/** A person sits there, and has said nothing of what to change. */
function isByHand(call: Call): boolean {
  const isGiven = textOf(call.args.json) !== undefined || textsOf(call.options.remove).length > 0;
  return !isGiven && !call.out.json && process.stdin.isTTY && process.stderr.isTTY;
}

async function apply(call: Call, { machine, key, data }: InstanceDetail, edit: Edit): Promise<readonly FieldChange[]> {
  if (call.options.dryRun === true) return wouldChange(data as Record<string, unknown>, edit);
  const client = await call.client();
  const why = await askWhy(call, `edit ${key}`);
  return client.edit({ ref: { machine, key }, ...edit, by: call.by, why });
}

async function tell(call: Call, { machine, key }: InstanceDetail, changes: readonly FieldChange[]): Promise<ExitCode> {
  const isDry = call.options.dryRun === true;
  call.out.result({ ...(isDry && { dryRun: true }), machine, key, changes }, spelled(changes));
  if (!isDry && changes.length > 0) await sayIfNobodyWorks(call, await call.client(), `See it: fettle show ${key}`);
  return exit.done;
}

/** Throws USAGE, NOT_JSON. */
function editOf(call: Call): Edit {
  const json = textOf(call.args.json);
  const set = json === undefined ? {} : jsonObjectOf("the data", json);
  const remove = textsOf(call.options.remove);
  if (Object.keys(set).length + remove.length > 0) return { set, remove };
  throw new FettleError("USAGE", "Cannot edit: nothing to change was given", {
    fix: "Give fields as JSON, or --remove FIELD; on a terminal, an editor opens",
  });
}

/** Without what the machine's schema makes of it: that is checked when it is done. */
function wouldChange(data: Readonly<Record<string, unknown>>, { set = {}, remove = [] }: Edit): FieldChange[] {
  const changed = Object.entries(set).filter(([field, after]) => JSON.stringify(data[field]) !== JSON.stringify(after));
  return [
    ...changed.map(([field, after]) => ({ field, ...(field in data && { before: data[field] }), after })),
    ...remove.filter((field) => field in data).map((field) => ({ field, before: data[field] })),
  ];
}

function spelled(changes: readonly FieldChange[]): string {
  return changes.length === 0 ? "Nothing differs" : changes.map(spellChange).join("\n");
}
