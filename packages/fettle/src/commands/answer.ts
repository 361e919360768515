import { exit } from "../exit.ts";
import type { Command } from "./command.ts";
import { sayIfNobodyWorks } from "./nobody-works.ts";
import { machineOption } from "./selector.ts";
import { targetOf } from "./target.ts";
import { askWhy, dryRunOption, whyOption } from "./why.ts";

/** An answer to an instance that waits for a person before it enters a state. */
const answer = (name: "approve" | "refuse", about: string, says: string): Command => ({
  name,
  about,
  args: [{ usage: "<key>", about: "its key, or MACHINE/KEY" }],
  options: [machineOption, whyOption, dryRunOption],
  examples: [`fettle ${name} prod-9 --why '${says}'`],
  async run(call) {
    const { machine, key, held } = await targetOf(call, name);
    const answered = { machine, key, answer: name, wants: held?.wants ?? null };
    if (call.options.dryRun === true) {
      call.out.result({ dryRun: true, ...answered }, `Would ${name} ${key}, which ${held?.say ?? "waits for nobody"}`);
      return exit.done;
    }
    const client = await call.client();
    const why = await askWhy(call, `${name} ${key}`);
    await client.answer({ ref: { machine, key }, answer: name, by: call.by, why });
    call.out.result(answered, `${name === "approve" ? "Approved" : "Refused"}: ${machine} ${key} to ${held?.wants}`);
    await sayIfNobodyWorks(call, client, `Watch it: fettle watch ${key}`);
    return exit.done;
  },
});

export const approve = answer("approve", "Let an instance that asks enter the state it wants", "the standby is in sync");
export const refuse = answer("refuse", "Refuse an instance that asks: it takes the way out that its machine declares", "db-2 lags behind");
