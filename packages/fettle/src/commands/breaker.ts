import { type BreakerSummary, FettleError } from "@fettle/engine";
import { type ExitCode, exit } from "../exit.ts";
import { ago } from "../output/instants.ts";
import { bold, dim, red, yellow } from "../output/paint.ts";
import type { Row } from "../output/table.ts";
import { type Call, type Command, textOf } from "./command.ts";
import { wholeNumber } from "./ls.ts";
import { askWhy, dryRunOption, whyOption } from "./why.ts";

export const breaker: Command = {
  name: "breaker",
  about: "List the breakers, or close one: nothing else ever does",
  args: [
    { usage: "[close]", about: "the word close, to close one" },
    { usage: "[machine]", about: "whose it is" },
    { usage: "[name]", about: "which of the machine's, where it has several open" },
  ],
  options: [
    { flags: "--scope <value>", about: "for which value of the label it counts by" },
    { flags: "--let <number>", about: "let so many through, and keep it open" },
    whyOption,
    dryRunOption,
  ],
  examples: [
    "fettle breaker",
    "fettle breaker close postgres/failover --scope eu --let 2 --why 'two of them are really down'",
    "fettle breaker close postgres/failover --why 'the monitoring is right'",
  ],
  async run(call) {
    const act = textOf(call.args.close);
    if (act === undefined) return list(call);
    if (act !== "close")
      throw new FettleError("USAGE", `Cannot ${act} a breaker`, { fix: "Write fettle breaker close MACHINE, or nothing to list them" });
    return close(call);
  },
};

async function list(call: Call): Promise<ExitCode> {
  const found = await (await call.client()).breakers();
  call.out.table(
    found.map((each) => (call.out.terminal ? eyeRow(each, Date.now()) : programRow(each))),
    found,
  );
  if (!call.out.json && found.length === 0) call.out.say("No breaker was ever asked");
  return exit.done;
}

async function close(call: Call): Promise<ExitCode> {
  const client = await call.client();
  const { machine, name, scope } = onlyOpen(call, await client.breakers());
  const more = textOf(call.options.let);
  const which = { machine, name, scope, ...(more !== undefined && { let: wholeNumber("--let", more) }) };
  const says =
    which.let === undefined ? `close the breaker ${name} of ${machine}` : `let ${which.let} through the breaker ${name} of ${machine}`;
  if (call.options.dryRun === true) {
    call.out.result({ dryRun: true, ...which }, `Would ${says}`);
    return exit.done;
  }
  const closed = await client.closeBreaker({ ...which, by: call.by, why: await askWhy(call, says) });
  call.out.result(closed, `Done: ${says}`);
  return exit.done;
}

function onlyOpen(call: Call, breakers: readonly BreakerSummary[]): BreakerSummary {
  const [machine, name, scope] = [textOf(call.args.machine), textOf(call.args.name), textOf(call.options.scope)];
  const open = breakers.filter(
    (each) => each.opened !== null && each.machine === machine && (name ?? each.name) === each.name && (scope ?? each.scope) === each.scope,
  );
  const [only, other] = open;
  if (only && !other) return only;
  const names = open.map((each) => `${each.name}${each.scope && ` --scope ${each.scope}`}`);
  throw new FettleError(
    "NOT_OPEN",
    only
      ? `Cannot tell which breaker of ${machine} is meant: ${open.length} are open`
      : `Cannot close a breaker of ${machine ?? "no machine"}: none such is open`,
    { fix: only ? `Name one: ${names.join(", ")}` : "List them: fettle breaker" },
  );
}

function eyeRow(each: BreakerSummary, now: number): Row {
  const last = each.acts.at(-1);
  return {
    MACHINE: bold(each.machine),
    BREAKER: each.name,
    SCOPE: each.scope,
    OF: String(each.population),
    STATUS: statusOf(each, now),
    LAST: last ? dim(`${last.by}, ${ago(last.at, now)}: ${last.why}`) : "",
  };
}

function statusOf({ opened, let: more, passing }: BreakerSummary, now: number): string {
  if (opened !== null) return red(`● open since ${ago(opened, now)}${more > 0 ? `, lets ${more} through` : ""}`);
  return passing ? yellow("closed by a person until fewer are inside") : "armed";
}

function programRow(each: BreakerSummary): Row {
  return {
    MACHINE: each.machine,
    BREAKER: each.name,
    SCOPE: each.scope,
    OF: String(each.population),
    OPENED: each.opened ?? "",
    LET: String(each.let),
    PASSING: String(each.passing),
  };
}
