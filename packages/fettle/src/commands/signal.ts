import { FettleError } from "@fettle/engine";
import { exit } from "../exit.ts";
import { nearest } from "../nearest.ts";
import { type Call, type Command, textOf } from "./command.ts";
import { jsonOf } from "./json-argument.ts";
import { sayIfNobodyWorks } from "./nobody-works.ts";
import { paceOptions, rollOut } from "./roll-out.ts";
import { manyOptions, selectionOf, withoutKey, wordOf } from "./selection.ts";
import { refOf } from "./selector.ts";
import { askWhy, dryRunOption, whyOption, yesOption } from "./why.ts";

export const signal: Command = {
  name: "signal",
  about: "Send a signal to an instance; or to all that are selected, in stages",
  args: [
    { usage: "<key>", about: "its key, or MACHINE/KEY; left out where many are selected" },
    { usage: "[signal]", about: "one that its machine takes" },
    { usage: "[json]", about: "what it carries, if anything" },
  ],
  options: [...manyOptions, ...paceOptions, whyOption, dryRunOption, yesOption],
  examples: [
    "fettle signal web-1 stop --why 'the site is gone'",
    `fettle signal prod-1 prefer '{"candidate":"db-2"}' --why 'newest hardware'`,
    "fettle signal stop -l region=eu -m heart --why 'the region is given up'",
  ],
  async run(call) {
    const selection = selectionOf(call);
    if (selection) return rollOut(call, { kind: "signal", ...sentOf(withoutKey(call, "signal")) }, selection);
    const { name, payload } = sentOf(call);
    const { machines } = await call.setup();
    const client = await call.client();
    const { machine, key, status, run } = await client.show(refOf(String(call.args.key), machines, textOf(call.options.machine)));
    refuseUnknown(
      (await client.machines()).find((each) => each.name === machine),
      name,
    );
    if (status === "done")
      throw new FettleError("NOT_RUNNING", `Cannot send ${name} to ${key}: run ${run} of ${machine} is done`, {
        fix: `Start it anew: fettle start ${machine} ${key}`,
      });
    const sent = { machine, key, signal: name, payload: payload ?? null };
    if (call.options.dryRun === true) {
      call.out.result({ dryRun: true, ...sent }, `Would send ${name} to ${machine} ${key}`);
      return exit.done;
    }
    const why = await askWhy(call, `send ${name} to ${key}`);
    await client.signal({ ref: { machine, key }, signal: name, payload, by: call.by, why });
    call.out.result(sent, `Sent ${name} to ${machine} ${key}`);
    await sayIfNobodyWorks(call, client, `Watch it: fettle watch ${key}`);
    return exit.done;
  },
};

/** Throws USAGE, NOT_JSON. */
function sentOf(call: Call): { readonly name: string; readonly payload?: unknown } {
  const json = textOf(call.args.json);
  return { name: wordOf(call, "signal", "send"), ...(json !== undefined && { payload: jsonOf("the payload", json) }) };
}

function refuseUnknown(machine: { readonly name: string; readonly signals: readonly string[] } | undefined, name: string): void {
  if (!machine || machine.signals.includes(name)) return;
  const near = nearest(name, machine.signals);
  const list = machine.signals.length > 0 ? `Send ${machine.signals.join(" or ")}` : "It takes none";
  throw new FettleError("NO_SUCH_SIGNAL", `Cannot send ${name}: ${machine.name} takes no such signal`, {
    fix: near === undefined ? list : `Did you mean ${near}?`,
  });
}
