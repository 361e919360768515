import { exit } from "../exit.ts";
import { type Command, textOf } from "./command.ts";
import { jsonObjectOf } from "./json-argument.ts";
import { sayIfNobodyWorks } from "./nobody-works.ts";
import { machineOption } from "./selector.ts";
import { targetOf } from "./target.ts";
import { askWhy, dryRunOption, whyOption } from "./why.ts";

export const move: Command = {
  name: "move",
  about: "Put an instance into another state, and abort its handler",
  args: [
    { usage: "<key>", about: "its key, or MACHINE/KEY" },
    { usage: "<state>", about: "any state of its machine" },
    { usage: "[json]", about: "fields of its data to set with it" },
  ],
  options: [machineOption, whyOption, dryRunOption],
  examples: [
    "fettle move prod-9 confirming --why 'the monitoring lied'",
    `fettle move prod-9 fencing '{"candidate":"db-2"}' --why 'db-2 is the newest'`,
  ],
  async run(call) {
    const { machine, key, state: from } = await targetOf(call, "move");
    const state = String(call.args.state);
    const json = textOf(call.args.json);
    const moved = { machine, key, from, state, ...(json !== undefined && { patch: jsonObjectOf("the data", json) }) };
    if (call.options.dryRun === true) {
      call.out.result({ dryRun: true, ...moved }, `Would move ${machine} ${key} from ${from} to ${state}`);
      return exit.done;
    }
    const client = await call.client();
    const why = await askWhy(call, `move ${key} to ${state}`);
    await client.move({ ref: { machine, key }, state, patch: moved.patch, by: call.by, why });
    call.out.result(moved, `Moves ${machine} ${key} from ${from} to ${state}`);
    await sayIfNobodyWorks(call, client, `Watch it: fettle watch ${key}`);
    return exit.done;
  },
};
