import { FettleError, type Filter, type Labels, type Machine, type Ref, rolloutName, type Status } from "@fettle/engine";
import { type Call, type Option, textOf, textsOf } from "./command.ts";

const statuses: readonly Status[] = ["running", "stuck", "done"];

export const labelOption: Option = { flags: "-l, --label <key=value>", about: "only those with this label; may be repeated", many: true };
export const machineOption: Option = { flags: "-m, --machine <name>", about: "only those of this machine" };

/** Those that say which instances are meant. */
export const selectors: readonly Option[] = [
  labelOption,
  machineOption,
  { flags: "-s, --state <name>", about: "only those in this state" },
  { flags: "--stuck", about: "only those that wait for a person" },
];

/** The words and options of a call as a filter: `state=fencing -l region=eu`, the same as in the dashboard. Throws USAGE. */
export function filterOf(call: Call, words: readonly string[]): Filter {
  const filter: { -readonly [Field in keyof Filter]: Filter[Field] } = {
    machine: textOf(call.options.machine),
    state: textOf(call.options.state),
    status: call.options.stuck === true ? "stuck" : undefined,
    labels: labelsOf(call),
  };
  for (const word of words) {
    const [name, value] = word.includes("=") ? pairOf(word, "Write machine=, state=, status= or key=, and labels with -l") : ["key", word];
    if (name === "status") filter.status = statusNamed(value);
    else if (name === "machine" || name === "state" || name === "key") filter[name] = value;
    else throw unreadable(word, `Write machine=, state=, status= or key=; a label is -l ${word}`);
  }
  return filter;
}

/** Labels given with `-l`. Throws USAGE. */
export function labelsOf(call: Call): Labels | undefined {
  const texts = textsOf(call.options.label);
  return texts.length === 0 ? undefined : Object.fromEntries(texts.map((text) => pairOf(text, "Write a label as -l region=eu")));
}

/** `prod-1`, or `postgres/failover/prod-1` when the key alone is not enough. Keys may hold a slash: only a machine's whole name is taken off. */
export function refOf(text: string, machines: readonly Machine[], machine?: string): Ref {
  if (machine !== undefined) return { machine, key: text };
  const names = [...machines.map(({ name }) => name), rolloutName];
  const named = names.find((name) => text.startsWith(`${name}/`) && text.length > name.length + 1);
  return named === undefined ? { key: text } : { machine: named, key: text.slice(named.length + 1) };
}

/** The name that `refOf` reads back, whatever else has the key. */
export function fullName({ machine, key }: { readonly machine: string; readonly key: string }): string {
  return `${machine}/${key}`;
}

function statusNamed(text: string): Status {
  const status = statuses.find((each) => each === text);
  if (status === undefined) throw unreadable(`status=${text}`, `Use one of ${statuses.join(", ")}`);
  return status;
}

function pairOf(text: string, fix: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw unreadable(text, fix);
  return [text.slice(0, at), text.slice(at + 1)];
}

function unreadable(word: string, fix: string): FettleError {
  return new FettleError("USAGE", `Cannot read "${word}" as a selector`, { fix });
}
