import { exit } from "../exit.ts";
import { historyRows } from "../output/history-rows.ts";
import { type Command, textOf } from "./command.ts";
import { wholeNumber } from "./ls.ts";
import { machineOption, refOf } from "./selector.ts";

export const history: Command = {
  name: "history",
  about: "Show what happened to an instance, newest first",
  args: [{ usage: "<key>", about: "its key, or MACHINE/KEY" }],
  options: [machineOption, { flags: "--limit <number>", about: "entries, at most", fallback: "100" }],
  examples: ["fettle history prod-7", "fettle history prod-7 --json | jq '.[] | select(.by != \"\")'"],
  async run(call) {
    const limit = wholeNumber("--limit", textOf(call.options.limit) ?? "100");
    const { machines } = await call.setup();
    const client = await call.client();
    const entries = await client.history(refOf(String(call.args.key), machines, textOf(call.options.machine)), { limit });
    call.out.table(historyRows(entries, { terminal: call.out.terminal, now: Date.now() }), entries);
    if (entries.length === limit) call.out.say(`The newest ${limit} entries; there may be more (--limit)`);
    return exit.done;
  },
};
