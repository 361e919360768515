import { exit } from "../exit.ts";
import { instanceText } from "../output/instance-text.ts";
import { type Command, textOf } from "./command.ts";
import { machineOption, refOf } from "./selector.ts";

export const show: Command = {
  name: "show",
  about: "Show one instance: where it is, why, and what happens next",
  args: [{ usage: "<key>", about: "its key, or MACHINE/KEY" }],
  options: [machineOption],
  examples: ["fettle show prod-7", "fettle show postgres/failover/prod-7", "fettle show prod-7 --json | jq .data"],
  async run(call) {
    const { machines } = await call.setup();
    const client = await call.client();
    const detail = await client.show(refOf(String(call.args.key), machines, textOf(call.options.machine)));
    if (call.out.json) {
      call.out.result(detail, "");
      return exit.done;
    }
    const history = await client.history(detail, { limit: 5 });
    const machine = machines.find(({ name }) => name === detail.machine);
    const text = instanceText({ detail, history, machine, now: Date.now() });
    call.out.result(detail, call.out.terminal ? text.forEye() : text.forProgram());
    return exit.done;
  },
};
