import { FettleError } from "../error.ts";
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
  for (const [state, policy] of Object.entries(machine.policy)) {
    known(state, "policy");
    for (const text of [policy?.timeout, policy?.retry?.first, policy?.retry?.cap, policy?.retry?.within]) {
      if (text !== undefined) milliseconds(text);
    }
    const attempts = policy?.retry?.attempts ?? 1;
    if (!Number.isInteger(attempts) || attempts < 1) refuse(machine, `policy.${state}.retry.attempts is ${attempts}`, "Make it 1 or more");
  }
  for (const deadline of machine.deadlines) {
    for (const state of [deadline.in ?? [], deadline.reach].flat()) known(state, "deadlines");
    milliseconds(deadline.within);
  }
}

function refuse(machine: Machine, problem: string, fix: string): never {
  throw new FettleError("BAD_DEFINITION", `Cannot use the machine ${machine.name}: ${problem}`, { fix, retryable: false });
}
