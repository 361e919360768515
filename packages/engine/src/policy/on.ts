import type { Machine } from "../machine/machine.ts";

/** Where a signal leads from a state: the state's own `on` goes before the machine's; undefined where it leads nowhere, and waits. */
export function leadsTo(machine: Pick<Machine, "on" | "policy" | "transitions">, state: string, signal: string): string | undefined {
  const own = machine.policy[state]?.on;
  if (own && Object.hasOwn(own, signal)) return own[signal];
  const to = Object.hasOwn(machine.on, signal) ? machine.on[signal] : undefined;
  return to !== undefined && machine.transitions[state]?.includes(to) ? to : undefined;
}
