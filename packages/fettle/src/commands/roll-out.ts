import {
  type Client,
  type Duration,
  FettleError,
  isDuration,
  isShare,
  type Pace,
  type RolloutAct,
  rolloutName,
  type Selection,
  type StateCount,
  spellAct,
} from "@fettle/engine";
import { type ExitCode, exit } from "../exit.ts";
import { type Call, type Option, textOf } from "./command.ts";
import { wholeNumber } from "./ls.ts";
import { sayIfNobodyWorks } from "./nobody-works.ts";
import { askWhy } from "./why.ts";

/** How a rollout goes, on every command that begins one. */
export const paceOptions: readonly Option[] = [
  { flags: "--first <number>", about: "so many at first, then twice as many each time (default: a tenth, at most 15)" },
  { flags: "--gap <duration>", about: "from the end of a stage until it is judged (default: 1m)" },
  { flags: "--halt-at <share>", about: "halt where more of those acted upon are stuck or failing (default: 5%)" },
  { flags: "--name <name>", about: "what the rollout is called" },
];

interface Meant {
  readonly counts: readonly StateCount[];
  readonly total: number;
  /** Up to three keys. */
  readonly examples: readonly string[];
}

/** Does one act to all that match: says how many, asks, and begins a rollout, which goes on by itself. */
export async function rollOut(call: Call, act: RolloutAct, selection: Selection): Promise<ExitCode> {
  const pace = paceOf(call);
  const client = await call.client();
  const { counts, total, examples } = await meant(client, act, selection);
  if (total === 0) {
    call.out.result({ total, rollout: null }, "");
    call.out.say(`Nothing to ${spellAct(act)}: no instance that ${act.kind === "start" ? "is done" : "is not done"} matches`);
    return exit.done;
  }
  for (const { machine, state, count } of counts) call.out.say(`Would ${spellAct(act)}: ${instances(count)} of ${machine} in ${state}`);
  call.out.say(`As ${examples.join(", ")}${total > examples.length ? ", …" : ""}`);
  if (call.options.dryRun === true) {
    call.out.result({ dryRun: true, act, selection, total, counts, examples }, "");
    return exit.done;
  }
  const why = await askWhy(call, `${spellAct(act)} for ${instances(total)}`);
  await confirm(call, act, total);
  const begun = await client.startRollout({ act, selection, ...pace, name: textOf(call.options.name), by: call.by, why });
  call.out.result(
    begun,
    `Rollout ${begun.name}: ${spellAct(act)} for ${instances(begun.total)}, ${begun.first.toLocaleString("en-US")} first`,
  );
  await sayIfNobodyWorks(call, client, `Follow it: fettle rollout show ${begun.name}. Stop it: fettle pause ${rolloutName}/${begun.name}`);
  return exit.done;
}

async function meant(client: Client, act: RolloutAct, selection: Selection): Promise<Meant> {
  const isMeant = ({ machine, status }: { readonly machine: string; readonly status: string }) =>
    machine !== rolloutName && (status === "done") === (act.kind === "start");
  const listing = await client.list({ ...selection, ...(act.kind === "start" && { status: "done" }), limit: 20 });
  const counts = listing.counts.filter(isMeant);
  const examples = listing.instances.filter(isMeant).map(({ key }) => key);
  return { counts, total: counts.reduce((sum, { count }) => sum + count, 0), examples: examples.slice(0, 3) };
}

/** An end cannot be taken back, so on a terminal its count must be typed. Who was asked why has seen the count, and said yes by answering. */
async function confirm(call: Call, { kind }: RolloutAct, total: number): Promise<void> {
  if (call.options.yes === true || !process.stdin.isTTY || call.out.json) return;
  const nothing = "Nothing was done: the answer was no";
  if (kind === "cancel") {
    const typed = await call.out.ask(`Their cleanup does not run. Type ${total} to end them all:`);
    if (typed !== String(total)) throw new FettleError("NO_ANSWER", nothing);
  } else if (call.options.why !== undefined) {
    const answer = await call.out.ask(`Begin with ${instances(total)}? [y/N]`);
    if (!/^y(es)?$/i.test(answer)) throw new FettleError("NO_ANSWER", nothing);
  }
}

function paceOf(call: Call): Pace {
  const [first, gap, haltAt] = [textOf(call.options.first), textOf(call.options.gap), textOf(call.options.haltAt)];
  if (haltAt !== undefined && !isShare(haltAt))
    throw new FettleError("USAGE", `Cannot read --halt-at ${haltAt}`, { fix: "Write it as in --halt-at 5%" });
  if (gap !== undefined && !isDuration(gap))
    throw new FettleError("USAGE", `Cannot read --gap ${gap}`, { fix: "Write it as in --gap 30s, 5m or 1h" });
  return { first: first === undefined ? undefined : wholeNumber("--first", first), gap: gap as Duration | undefined, haltAt };
}

function instances(count: number): string {
  return count === 1 ? "1 instance" : `${count.toLocaleString("en-US")} instances`;
}
