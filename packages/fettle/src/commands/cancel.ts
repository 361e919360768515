import { FettleError } from "@fettle/engine";
import { exit } from "../exit.ts";
import type { Call, Command } from "./command.ts";
import { sayIfNobodyWorks } from "./nobody-works.ts";
import { paceOptions, rollOut } from "./roll-out.ts";
import { manyOptions, selectionOf, withoutKey, wordOf } from "./selection.ts";
import { targetOf } from "./target.ts";
import { askWhy, dryRunOption, whyOption, yesOption } from "./why.ts";

export const cancel: Command = {
  name: "cancel",
  about: "End an instance's run where it is, and abort its handler; or of all that are selected, in stages",
  args: [{ usage: "[key]", about: "its key, or MACHINE/KEY" }],
  options: [...manyOptions, ...paceOptions, whyOption, dryRunOption, yesOption],
  examples: [
    "fettle cancel prod-9 --why 'the cluster is gone'",
    "fettle cancel postgres/failover/prod-9 --why 'the cluster is gone' --yes",
    "fettle cancel -l region=eu -m postgres/failover --why 'the region is given up'",
  ],
  async run(call) {
    const selection = selectionOf(call);
    if (selection) return rollOut(withoutKey(call, "cancel"), { kind: "cancel" }, selection);
    wordOf(call, "key", "cancel");
    const { machine, key, state } = await targetOf(call, "cancel");
    const cancelled = { machine, key, state };
    if (call.options.dryRun === true) {
      call.out.result({ dryRun: true, ...cancelled }, `Would end ${machine} ${key} in ${state}; nothing of its machine would run any more`);
      return exit.done;
    }
    const client = await call.client();
    const why = await askWhy(call, `cancel ${key}`);
    await confirm(call, key);
    await client.cancel({ machine, key }, { by: call.by, why });
    call.out.result(cancelled, `Cancels ${machine} ${key} in ${state}`);
    await sayIfNobodyWorks(call, client, `See it: fettle show ${key}`);
    return exit.done;
  },
};

/** It cannot be taken back: on a terminal the key must be typed. */
async function confirm(call: Call, key: string): Promise<void> {
  if (call.options.yes === true || !process.stdin.isTTY || call.out.json) return;
  const typed = await call.out.ask(`Its cleanup does not run. Type ${key} to end it:`);
  if (typed !== key) throw new FettleError("NO_ANSWER", `Nothing was cancelled: the answer was not ${key}`);
}
