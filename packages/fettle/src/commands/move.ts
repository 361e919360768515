import { exit } from "../exit.ts";
import { type Call, type Command, textOf } from "./command.ts";
import { jsonObjectOf } from "./json-argument.ts";
import { sayIfNobodyWorks } from "./nobody-works.ts";
import { paceOptions, rollOut } from "./roll-out.ts";
import { manyOptions, selectionOf, withoutKey, wordOf } from "./selection.ts";
import { targetOf } from "./target.ts";
import { askWhy, dryRunOption, whyOption, yesOption } from "./why.ts";

export const move: Command = {
  name: "move",
  about: "Put an instance into another state, and abort its handler; or all that are selected, in stages",
  args: [
    { usage: "<key>", about: "its key, or MACHINE/KEY; left out where many are selected" },
    { usage: "[state]", about: "any state of its machine" },
    { usage: "[json]", about: "fields of its data to set with it" },
  ],
  options: [...manyOptions, ...paceOptions, whyOption, dryRunOption, yesOption],
  examples: [
    "fettle move prod-9 confirming --why 'the monitoring lied'",
    `fettle move prod-9 fencing '{"candidate":"db-2"}' --why 'db-2 is the newest'`,
    "fettle move confirming -m postgres/failover -s fencing --why 'the monitoring lied'",
  ],
  async run(call) {
    const selection = selectionOf(call);
    if (selection) return rollOut(call, { kind: "move", ...whereOf(withoutKey(call, "move")) }, selection);
    const { name: state, payload: patch } = whereOf(call);
    const { machine, key, state: from } = await targetOf(call, "move");
    const moved = { machine, key, from, state, ...(patch !== undefined && { patch }) };
    if (call.options.dryRun === true) {
      call.out.result({ dryRun: true, ...moved }, `Would move ${machine} ${key} from ${from} to ${state}`);
      return exit.done;
    }
    const client = await call.client();
    const why = await askWhy(call, `move ${key} to ${state}`);
    await client.move({ ref: { machine, key }, state, patch, by: call.by, why });
    call.out.result(moved, `Moves ${machine} ${key} from ${from} to ${state}`);
    await sayIfNobodyWorks(call, client, `Watch it: fettle watch ${key}`);
    return exit.done;
  },
};

/** Throws USAGE, NOT_JSON. */
function whereOf(call: Call): { readonly name: string; readonly payload?: Readonly<Record<string, unknown>> } {
  const json = textOf(call.args.json);
  return { name: wordOf(call, "state", "move to"), ...(json !== undefined && { payload: jsonObjectOf("the data", json) }) };
}
