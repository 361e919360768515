import { FettleError } from "@fettle/engine";
import { type Call, type Option, textOf } from "./command.ts";

export const whyOption: Option = { flags: "--why <reason>", about: "kept in history; asked for on a terminal when missing" };
export const dryRunOption: Option = { flags: "--dry-run", about: "say what would be done, and do nothing" };
export const yesOption: Option = { flags: "-y, --yes", about: "answer yes to questions" };

/** The reason of an act on something that runs: given, or asked for. Throws NO_ANSWER, INTERRUPTED. */
export async function askWhy(call: Call, act: string): Promise<string> {
  const given = textOf(call.options.why)?.trim();
  if (given) return given;
  if (call.out.json || !process.stdin.isTTY || !process.stderr.isTTY) {
    throw new FettleError("NO_ANSWER", `Cannot ${act} without a reason: there is no terminal to ask on`, { fix: 'Add --why "…"' });
  }
  return call.out.ask("Why?");
}
