import { type Client, FettleError, type Filter, type InstanceSummary, type Listing } from "@fettle/engine";
import { exit } from "../exit.ts";
import { nearest } from "../nearest.ts";
import { instanceRows } from "../output/instance-rows.ts";
import { type Command, textOf, textsOf } from "./command.ts";
import { isNamesOnly, namesOption } from "./names-only.ts";
import { filterOf, fullName, selectors } from "./selector.ts";

export const ls: Command = {
  name: "ls",
  about: "List instances: where they are, what comes next",
  args: [{ usage: "[filter...]", about: "a key, or machine=, state=, status=" }],
  options: [...selectors, { flags: "--limit <number>", about: "rows, at most", fallback: "100" }, namesOption],
  examples: [
    "fettle ls -l region=eu",
    "fettle ls --stuck",
    "fettle ls machine=postgres/failover state=fencing --json",
    "fettle ls --stuck -o name | xargs fettle retry --why 'the switch is back'",
  ],
  async run(call) {
    const filter = {
      ...filterOf(call, textsOf(call.args.filter)),
      limit: wholeNumber("--limit", textOf(call.options.limit) ?? "100"),
    };
    const names = isNamesOnly(call);
    const client = await call.client();
    const listing = await client.list(filter);
    if (listing.total === 0) await refuseUnknown(client, filter);
    if (names) call.out.result(listing, listing.instances.map(fullName).join("\n"));
    else call.out.table(instanceRows(listing.instances, { terminal: call.out.terminal, now: Date.now() }), listing);
    if (!call.out.json) call.out.say(await countsLine(client, filter, listing));
    return exit.done;
  },
};

/** A whole number of 1 or more, as an option gives it. Throws USAGE. */
export function wholeNumber(flag: string, text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= 1_000_000) return number;
  throw new FettleError("USAGE", `Cannot read ${flag} ${text}: expected a whole number from 1 to 1,000,000`, {
    fix: `Write it as in ${flag} 20`,
  });
}

/** A mistyped machine or state selects nothing; that must not look like good news. */
async function refuseUnknown(client: Client, { machine, state }: Filter): Promise<void> {
  if (machine === undefined && state === undefined) return;
  const machines = await client.machines();
  const names = machines.map(({ name }) => name);
  if (machine !== undefined && !names.includes(machine)) throw unknown("NO_SUCH_MACHINE", "machine", machine, names);
  const states = machines.filter(({ name }) => machine === undefined || name === machine).flatMap((each) => Object.keys(each.transitions));
  if (state !== undefined && !states.includes(state)) throw unknown("NO_SUCH_STATE", "state", state, [...new Set(states)]);
}

function unknown(code: string, what: string, name: string, names: readonly string[]): FettleError {
  const near = nearest(name, names);
  return new FettleError(code, `Cannot list the ${what} ${name}: there is none`, {
    fix: near === undefined ? `Use one of ${names.join(", ")}` : `Did you mean ${near}?`,
  });
}

async function countsLine(client: Client, filter: Filter, listing: Listing): Promise<string> {
  const shown = listing.instances.length;
  const all = isNarrow(filter) ? (await client.list({ limit: 1 })).total : listing.total;
  if (all === 0) return "No instances yet. Start one: fettle start MACHINE KEY";
  if (listing.total === 0) return `Nothing matches; ${count(all)} without the filter`;
  const stuck = sum(listing, "stuck");
  const of = all === listing.total ? instances(all) : `${number(listing.total)} of ${instances(all)}`;
  const cut = shown < listing.total ? `, ${number(shown)} shown (--limit)` : "";
  return `${of}${stuck > 0 ? `, ${number(stuck)} stuck` : ""}${cut}.${hint(listing.instances)}`;
}

function hint(shown: readonly InstanceSummary[]): string {
  const stuck = shown.find((instance) => instance.status === "stuck");
  return stuck ? ` Look: fettle show ${stuck.key}` : "";
}

function isNarrow({ machine, key, state, status, labels }: Filter): boolean {
  return [machine, key, state, status, labels].some((each) => each !== undefined);
}

function sum({ counts }: Listing, status: string): number {
  return counts.filter((each) => each.status === status).reduce((total, each) => total + each.count, 0);
}

function count(all: number): string {
  return all === 1 ? "there is 1" : `there are ${number(all)}`;
}

function instances(total: number): string {
  return total === 1 ? "1 instance" : `${number(total)} instances`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
