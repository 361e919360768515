import { FettleError } from "@fettle/engine";
import { type Call, type Option, textOf } from "./command.ts";

export const namesOption: Option = { flags: "-o, --output <name>", about: '"name" prints one name a line, for xargs' };

/** Whether only names are wanted. Throws USAGE for another output. */
export function isNamesOnly(call: Call): boolean {
  const output = textOf(call.options.output);
  if (output === undefined || output === "name") return output === "name";
  throw new FettleError("USAGE", `Cannot print -o ${output}: expected -o name`, { fix: "Use -o name, or --json" });
}
