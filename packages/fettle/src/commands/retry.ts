import { type Client, FettleError } from "@fettle/engine";
import type { Setup } from "../config/load.ts";
import { type ExitCode, exit } from "../exit.ts";
import { type Call, type Command, textOf, textsOf } from "./command.ts";
import { each, sayRefused } from "./each.ts";
import { sayIfNobodyWorks } from "./nobody-works.ts";
import { paceOptions, rollOut } from "./roll-out.ts";
import { manyOptions, selectionOf } from "./selection.ts";
import { refOf } from "./selector.ts";
import { askWhy, dryRunOption, whyOption, yesOption } from "./why.ts";

interface Target {
  readonly machine: string;
  readonly key: string;
  readonly state: string;
}

export const retry: Command = {
  name: "retry",
  about: "Run instances again now, with their attempts counted anew; all that are selected, in stages",
  args: [{ usage: "[key...]", about: "keys, or MACHINE/KEY" }],
  options: [...manyOptions, ...paceOptions, whyOption, dryRunOption, yesOption],
  examples: [
    "fettle retry prod-7 --why 'db-7 is up again'",
    "fettle retry --stuck -l region=eu",
    "fettle retry --stuck -m postgres/failover --dry-run",
  ],
  async run(call) {
    const keys = textsOf(call.args.key);
    const selection = selectionOf(call);
    if (keys.length > 0 === (selection !== undefined)) throw unclear(keys.length > 0);
    if (selection) return rollOut(call, { kind: "retry" }, selection);
    const setup = await call.setup();
    const client = await call.client();
    const targets = await named(call, client, setup, keys);
    for (const line of announcement(targets)) call.out.say(line);
    if (call.options.dryRun === true) {
      call.out.result({ dryRun: true, targets }, "");
      return exit.done;
    }
    const why = await askWhy(call, `retry ${spoken(targets.length)}`);
    await confirm(call, targets.length);
    return retryAll(call, client, targets, why);
  },
};

function unclear(isBoth: boolean): FettleError {
  const problem = isBoth ? "keys and a selection were both given" : "neither a key nor a selection was given";
  return new FettleError("USAGE", `Cannot tell what to retry: ${problem}`, { fix: "Name keys, or select with -l, -s, --stuck or --all" });
}

/** Every key must be found before anything is done: a mistyped list is mended, not half done. */
async function named(call: Call, client: Client, { machines }: Setup, keys: readonly string[]): Promise<Target[]> {
  const found: Target[] = [];
  for (const key of new Set(keys)) {
    const { machine, key: whole, state, run, status } = await client.show(refOf(key, machines, textOf(call.options.machine)));
    if (status === "done") {
      throw new FettleError("NOT_RUNNING", `Cannot retry ${whole}: run ${run} of ${machine} is done`, {
        fix: `Start it anew: fettle start ${machine} ${whole}`,
      });
    }
    found.push({ machine, key: whole, state });
  }
  return found;
}

function announcement(targets: readonly Target[]): string[] {
  const groups = Map.groupBy(targets, ({ machine, state }) => `${machine} in ${state}`);
  return [...groups].map(([where, group]) => {
    const examples = group.slice(0, 3).map(({ key }) => key);
    return `Retries ${spoken(group.length)} of ${where} (${examples.join(", ")}${group.length > 3 ? ", …" : ""}).`;
  });
}

/** Who was asked why has said yes by answering; who gave the reason beforehand has not seen the count yet. */
async function confirm(call: Call, count: number): Promise<void> {
  const isSeen = count === 1 || call.options.yes === true || call.options.why === undefined || !process.stdin.isTTY || call.out.json;
  if (isSeen) return;
  const answer = await call.out.ask(`Retry ${spoken(count)}? [y/N]`);
  if (!/^y(es)?$/i.test(answer)) throw new FettleError("NO_ANSWER", "Nothing was retried: the answer was no");
}

async function retryAll(call: Call, client: Client, targets: readonly Target[], why: string): Promise<ExitCode> {
  const { done, refused } = await each(targets, call.abort, async ({ machine, key }) => {
    await client.retry({ machine, key }, { by: call.by, why });
    return { machine, key };
  });
  const value = { retried: done, refused: refused.map(({ item, error }) => ({ machine: item.machine, key: item.key, error })) };
  call.out.result(value, `${done.length} retried${refused.length > 0 ? `, ${refused.length} refused` : ""}`);
  const code = sayRefused(call, refused, done.length);
  if (done.length > 0)
    await sayIfNobodyWorks(
      call,
      client,
      `Watch ${done.length === 1 ? "it" : "them"}: fettle watch${done.length === 1 ? ` ${done[0]?.key}` : ""}`,
    );
  return code;
}

function spoken(count: number): string {
  return count === 1 ? "1 instance" : `${count.toLocaleString("en-US")} instances`;
}
