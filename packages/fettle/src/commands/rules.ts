import { FettleError, type Rule, spellSelector } from "@fettle/engine";
import { exit } from "../exit.ts";
import { ago, ahead } from "../output/instants.ts";
import { bold, dim } from "../output/paint.ts";
import type { Row } from "../output/table.ts";
import { type Call, type Command, textOf } from "./command.ts";
import { askWhy, dryRunOption, whyOption } from "./why.ts";

export const rules: Command = {
  name: "rules",
  about: "List the pauses, modes and silences in force, or take one back",
  options: [
    { flags: "--ended", about: "those that have ended too" },
    { flags: "--end <rule>", about: "take back the one of that number" },
    whyOption,
    dryRunOption,
  ],
  examples: ["fettle rules", "fettle rules --ended --json", "fettle rules --end 4 --why 'the maintenance is over'"],
  async run(call) {
    const client = await call.client();
    const end = textOf(call.options.end);
    if (end !== undefined) return endOne(call, numberOf(end));
    const found = await client.rules({ all: call.options.ended === true });
    call.out.table(
      found.map((rule) => (call.out.terminal ? eyeRow(rule, Date.now()) : programRow(rule))),
      found,
    );
    if (!call.out.json && found.length === 0) call.out.say("No rule is in force: everything acts, and pages");
    return exit.done;
  },
};

async function endOne(call: Call, id: number): Promise<typeof exit.done> {
  const client = await call.client();
  const rule = (await client.rules({})).find((each) => each.id === id);
  if (!rule)
    throw new FettleError("NO_SUCH_RULE", `Cannot take back rule ${id}: none in force has that number`, { fix: "List them: fettle rules" });
  if (call.options.dryRun === true) {
    call.out.result({ dryRun: true, rule }, `Would take back ${spelled(rule)}`);
    return exit.done;
  }
  const ended = await client.endRule(id, { by: call.by, why: await askWhy(call, `take back ${spelled(rule)}`) });
  call.out.result(ended, `Took back ${spelled(rule)}`);
  return exit.done;
}

/** `the pause of postgres/failover region=eu`. */
export function spelled({ kind, value, selector }: Pick<Rule, "kind" | "value" | "selector">): string {
  return `the ${kind}${value === "" ? "" : ` ${value}`} of ${spellSelector(selector)}`;
}

function eyeRow(rule: Rule, now: number): Row {
  const end = rule.ended ? dim(`ended ${ago(rule.ended.at, now)} by ${rule.ended.by}`) : rule.until === null ? "" : ahead(rule.until, now);
  return {
    RULE: bold(String(rule.id)),
    KIND: `${rule.kind}${rule.value && ` ${rule.value}`}`,
    FOR: spellSelector(rule.selector),
    SINCE: ago(rule.at, now),
    ENDS: end,
    BY: rule.by,
    WHY: rule.why,
  };
}

function programRow(rule: Rule): Row {
  return {
    RULE: String(rule.id),
    KIND: rule.kind,
    VALUE: rule.value,
    FOR: spellSelector(rule.selector),
    AT: rule.at,
    UNTIL: rule.until ?? "",
    ENDED: rule.ended?.at ?? "",
    BY: rule.by,
    WHY: rule.why,
  };
}

function numberOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new FettleError("USAGE", `Cannot read "${text}" as a rule: rules have numbers`, { fix: "List them: fettle rules" });
}
