import { FettleError } from "@fettle/engine";
import { exit } from "../exit.ts";
import { nearest } from "../nearest.ts";
import { type Command, textOf } from "./command.ts";
import { jsonOf } from "./json-argument.ts";
import { sayIfNobodyWorks } from "./nobody-works.ts";
import { machineOption, refOf } from "./selector.ts";
import { askWhy, dryRunOption, whyOption } from "./why.ts";

export const signal: Command = {
  name: "signal",
  about: "Send a signal to an instance",
  args: [
    { usage: "<key>", about: "its key, or MACHINE/KEY" },
    { usage: "<signal>", about: "one that its machine takes" },
    { usage: "[json]", about: "what it carries, if anything" },
  ],
  options: [machineOption, whyOption, dryRunOption],
  examples: [
    "fettle signal web-1 stop --why 'the site is gone'",
    `fettle signal prod-1 prefer '{"candidate":"db-2"}' --why 'newest hardware'`,
  ],
  async run(call) {
    const name = String(call.args.signal);
    const json = textOf(call.args.json);
    const payload = json === undefined ? undefined : jsonOf("the payload", json);
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

function refuseUnknown(machine: { readonly name: string; readonly signals: readonly string[] } | undefined, name: string): void {
  if (!machine || machine.signals.includes(name)) return;
  const near = nearest(name, machine.signals);
  const list = machine.signals.length > 0 ? `Send ${machine.signals.join(" or ")}` : "It takes none";
  throw new FettleError("NO_SUCH_SIGNAL", `Cannot send ${name}: ${machine.name} takes no such signal`, {
    fix: near === undefined ? list : `Did you mean ${near}?`,
  });
}
