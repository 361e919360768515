import { FettleError } from "../error.ts";
import { isActing } from "../policy/guard.ts";
import { milliseconds } from "./duration.ts";
import type { Machine } from "./machine.ts";

/** What the types cannot see of a definition, because JavaScript wrote it or the rule is about a text. */
export function checkDefinition(machine: Machine): void {
  if (!/^[a-z][a-z0-9-]*(\/[a-z][a-z0-9-]*)?$/.test(machine.name)) {
    refuse(machine, `its name may hold a-z, 0-9, "-" and one "/"`, "Name it like failover or postgres/failover");
  }
  if (!Number.isInteger(machine.version) || machine.version < 1) {
    refuse(machine, `version is ${machine.version}`, "Make it a whole number of 1 or more");
  }
  const states = Object.keys(machine.transitions);
  const known = (state: string, where: string) => {
    if (!states.includes(state)) refuse(machine, `${where} names ${state}, which is no state`, `Use one of ${states.join(", ")}`);
  };
  known(machine.start, "start");
  for (const state of states) {
    for (const next of machine.transitions[state] ?? []) known(next, `transitions.${state}`);
    if (typeof machine.states[state] !== "function") refuse(machine, `state ${state} has no handler`, `Add states.${state}`);
  }
  for (const state of Object.keys(machine.states)) known(state, "states");
  checkOn(machine, machine.on, "on", (to) => Object.values(machine.transitions).some((next) => next.includes(to)));
  for (const [state, fields] of Object.entries(machine.needs)) {
    known(state, "needs");
    if (state === machine.start && fields?.length) refuse(machine, `its start ${state} needs fields`, "Require them in the schema of data");
  }
  for (const [state, policy] of Object.entries(machine.policy)) {
    known(state, "policy");
    checkOn(machine, policy?.on ?? {}, `policy.${state}.on`, (to) => machine.transitions[state]?.includes(to) ?? false);
    for (const text of [policy?.timeout, policy?.retry?.first, policy?.retry?.cap, policy?.retry?.within]) {
      if (text !== undefined) milliseconds(text);
    }
    const attempts = policy?.retry?.attempts ?? 1;
    if (!Number.isInteger(attempts) || attempts < 1) refuse(machine, `policy.${state}.retry.attempts is ${attempts}`, "Make it 1 or more");
  }
  checkGuards(machine, known);
  for (const deadline of machine.deadlines) {
    for (const state of [deadline.in ?? [], deadline.reach].flat()) known(state, "deadlines");
    milliseconds(deadline.within);
    if (deadline.extend && milliseconds(deadline.extend.most) < milliseconds(deadline.within)) {
      refuse(machine, `deadlines extend to at most ${deadline.extend.most}, before ${deadline.within}`, "Make most longer than within");
    }
    if (deadline.extend) milliseconds(deadline.extend.by);
  }
  for (const version of Object.keys(machine.migrate).map(Number)) {
    if (!Number.isInteger(version) || version < 2 || version > machine.version) {
      refuse(machine, `migrate.${version} leads to no version from 2 to ${machine.version}`, "Raise version to it");
    }
  }
}

/** Limits, approvals, breakers and budgets: whole numbers, states that are there, and a way out of each question. */
function checkGuards(machine: Machine, known: (state: string, where: string) => void): void {
  const count = (value: number | undefined, where: string, least = 1) => {
    if (value !== undefined && (!Number.isInteger(value) || value < least))
      refuse(machine, `${where} is ${value}`, `Make it ${least} or more`);
  };
  for (const [state, policy] of Object.entries(machine.policy)) {
    const { limit, ask } = policy ?? {};
    count(limit?.most, `policy.${state}.limit.most`);
    count(limit?.rate?.most, `policy.${state}.limit.rate.most`);
    if (limit?.rate) milliseconds(limit.rate.per);
    if (!ask) continue;
    milliseconds(ask.within);
    if (ask.else === "stuck" && !Object.hasOwn(machine.transitions, "stuck")) continue;
    known(ask.else, `policy.${state}.ask.else`);
    for (const [from, next] of Object.entries(machine.transitions)) {
      if (!next.includes(state) || next.includes(ask.else)) continue;
      refuse(machine, `policy.${state}.ask.else leads to ${ask.else}, and ${from} does not`, `Add ${ask.else} to transitions.${from}`);
    }
  }
  for (const { guards, most, atLeast } of machine.breaker) {
    for (const state of guards) known(state, "breaker");
    if (typeof most === "number") count(most, "breaker.most", 0);
    else if (!/^\d{1,3}(\.\d+)?%$/.test(most)) refuse(machine, `breaker.most is ${most}`, "Write it as 5% or as a number");
    count(atLeast, "breaker.atLeast");
  }
  for (const { entering, most, within } of machine.budget) {
    known(entering, "budget");
    count(most, "budget.most");
    milliseconds(within);
  }
  if (isActing(machine, machine.start)) {
    refuse(machine, `its start ${machine.start} is guarded, and a run begins there at once`, "Begin in a state before it");
  }
}

function checkOn(machine: Machine, on: Machine["on"], where: string, leadsTo: (state: string) => boolean): void {
  for (const [signal, to] of Object.entries(on)) {
    if (to === undefined) continue;
    if (!Object.hasOwn(machine.signals, signal)) refuse(machine, `${where} names the signal ${signal}`, "Declare it in signals");
    if (!leadsTo(to)) refuse(machine, `${where}.${signal} leads to ${to}, and the table does not`, `Add ${to} to the transitions`);
    if (machine.needs[to]?.length)
      refuse(machine, `${where}.${signal} leads to ${to}, which needs data`, "Lead to a state that needs none");
  }
}

function refuse(machine: Machine, problem: string, fix: string): never {
  throw new FettleError("BAD_DEFINITION", `Cannot use the machine ${machine.name}: ${problem}`, { fix, retryable: false });
}
