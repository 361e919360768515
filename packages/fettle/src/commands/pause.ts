import { FettleError, type Rule, spellSelector } from "@fettle/engine";
import { exit } from "../exit.ts";
import type { Command } from "./command.ts";
import { layDown, ruleOptions } from "./lay-down.ts";
import { spelled } from "./rules.ts";
import { labelOption, machineOption } from "./selector.ts";
import { allOption, selectorOf } from "./target.ts";
import { askWhy, dryRunOption, whyOption } from "./why.ts";

export const pause: Command = {
  name: "pause",
  about: "Keep instances from running their handlers; it survives every restart",
  args: [{ usage: "[key]", about: "one instance, or select with -m and -l" }],
  options: ruleOptions,
  examples: [
    "fettle pause prod-9 --why 'I look at it by hand'",
    "fettle pause -m postgres/failover -l region=eu --for 2h --why 'switch sw-4 is changed'",
  ],
  run: (call) => layDown(call, "pause", ""),
};

export const resume: Command = {
  name: "resume",
  about: "Take back a pause, named as it was laid down",
  args: [{ usage: "[key]", about: "one instance, or select with -m and -l" }],
  options: [labelOption, machineOption, allOption, whyOption, dryRunOption],
  examples: ["fettle resume prod-9 --why 'done'", "fettle resume -m postgres/failover -l region=eu --why 'sw-4 is back'"],
  async run(call) {
    const { machines } = await call.setup();
    const client = await call.client();
    const selector = selectorOf(call, machines, "resume");
    const named = selector.key === undefined ? selector : await client.show({ machine: selector.machine, key: selector.key });
    const pauses = (await client.rules({})).filter(({ kind }) => kind === "pause");
    const rule = pauses.find((each) => spellSelector(each.selector) === spellSelector({ ...selector, ...pick(named) }));
    if (!rule) throw notPaused(spellSelector(selector), pauses);
    if (call.options.dryRun === true) {
      call.out.result({ dryRun: true, rule }, `Would take back ${spelled(rule)}`);
      return exit.done;
    }
    const ended = await client.endRule(rule.id, { by: call.by, why: await askWhy(call, `resume ${spellSelector(rule.selector)}`) });
    call.out.result(ended, `Resumed ${spellSelector(rule.selector)}`);
    return exit.done;
  },
};

function pick({ machine, key }: Rule["selector"]): Rule["selector"] {
  return { ...(machine !== undefined && { machine }), ...(key !== undefined && { key }) };
}

function notPaused(what: string, pauses: readonly Rule[]): FettleError {
  const others = pauses.map(({ selector }) => spellSelector(selector));
  return new FettleError("NO_SUCH_RULE", `Cannot resume ${what}: no pause in force is for exactly that`, {
    fix: others.length > 0 ? `Paused are: ${others.join("; ")}` : "Nothing is paused",
  });
}
