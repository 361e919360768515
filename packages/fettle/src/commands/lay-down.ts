import { type Duration, milliseconds, type RuleKind, spell } from "@fettle/engine";
import { type ExitCode, exit } from "../exit.ts";
import { type Call, type Option, textOf } from "./command.ts";
import { spelled } from "./rules.ts";
import { labelOption, machineOption } from "./selector.ts";
import { allOption, selectorOf } from "./target.ts";
import { askWhy, dryRunOption, whyOption } from "./why.ts";

export const ruleOptions: readonly Option[] = [
  labelOption,
  machineOption,
  allOption,
  { flags: "--for <duration>", about: "it ends by itself after this, as in 2h" },
  whyOption,
  dryRunOption,
];

/** Lays down a rule for what the call selects. */
export async function layDown(call: Call, kind: RuleKind, value: string): Promise<ExitCode> {
  const { machines } = await call.setup();
  const rule = { kind, value, selector: selectorOf(call, machines, kind), ...lasting(call) };
  const end = rule.lasts === undefined ? "" : ` for ${spell(milliseconds(rule.lasts))}`;
  if (call.options.dryRun === true) {
    call.out.result({ dryRun: true, ...rule }, `Would lay down ${spelled(rule)}${end}`);
    return exit.done;
  }
  const client = await call.client();
  const why = await askWhy(call, `lay down ${spelled(rule)}`);
  const laid = await client.addRule({ ...rule, value: value || undefined, by: call.by, why });
  call.out.result(laid, `Laid down ${spelled(laid)}${end}`);
  if (!call.out.json) call.out.say(`Take it back: ${kind === "pause" ? "fettle resume" : `fettle rules --end ${laid.id}`}`);
  return exit.done;
}

function lasting(call: Call): { readonly lasts?: Duration } {
  const text = textOf(call.options.for);
  if (text === undefined) return {};
  milliseconds(text);
  // Just read as one.
  return { lasts: text as Duration };
}
