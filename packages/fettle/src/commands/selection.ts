import { FettleError, type Selection } from "@fettle/engine";
import { type Call, type Option, textOf, textsOf } from "./command.ts";
import { filterOf, selectors } from "./selector.ts";
import { allOption } from "./target.ts";

/** Those that select many instances instead of one by its key. A machine alone says which of those with a key is meant. */
export const manyOptions: readonly Option[] = [...selectors, { ...allOption, about: "everything there is, or all of a machine" }];

/** Which instances are meant where the call names no key but selects; undefined where it selects nothing. */
export function selectionOf(call: Call): Selection | undefined {
  const { label, state, stuck, all } = call.options;
  const isSelected = textsOf(label).length > 0 || state !== undefined || stuck === true || all === true;
  return isSelected ? filterOf(call, []) : undefined;
}

/** The call with its words where they belong: where it selects, its first word is not a key, but the next thing that the command takes. */
export function withoutKey(call: Call, act: string): Call {
  const names = Object.keys(call.args);
  const words = names.map((name) => call.args[name]).filter((word) => word !== undefined);
  if (words.length === names.length) {
    throw new FettleError("USAGE", `Cannot tell what to ${act}: a key and a selection were both given`, {
      fix: "Name a key, or select with -l, -s, --stuck or --all",
    });
  }
  return { ...call, args: Object.fromEntries(names.map((name, index) => [name, index === 0 ? undefined : words[index - 1]])) };
}

/** A word that the command cannot do without. Throws USAGE. */
export function wordOf(call: Call, name: string, act: string): string {
  const word = textOf(call.args[name]);
  if (word !== undefined) return word;
  throw new FettleError("USAGE", `Cannot tell what to ${act}: no ${name} was given`, {
    fix: name === "key" ? "Name a key, or select with -l, -s, --stuck or --all" : `Give the ${name}`,
  });
}
