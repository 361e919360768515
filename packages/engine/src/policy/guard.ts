import { milliseconds } from "../machine/duration.ts";
import type { Machine } from "../machine/machine.ts";
import { type Breaker, breakerName, shareOf } from "./breaker.ts";
import type { Budget } from "./budget.ts";
import type { Entrant } from "./limit.ts";

/** What must be asked before a state is entered, as the store asks it. */
export interface Wish {
  readonly state: string;
  /** Which locks make those who ask at the same instant go one after the other. */
  readonly gates: readonly string[];
  readonly limit: {
    readonly key: string;
    readonly priority: number;
    readonly most: number | null;
    readonly rateMost: number | null;
    readonly ratePer: number | null;
    readonly rateText: string | null;
  } | null;
  readonly ask: { readonly role: string; readonly within: number } | null;
  readonly budgets: readonly { readonly most: number; readonly within: number }[];
  readonly breakers: readonly {
    readonly name: string;
    readonly guards: readonly string[];
    readonly state: string;
    readonly of: string;
    readonly by: string | null;
    readonly most: number | null;
    readonly share: number | null;
    readonly atLeast: number;
  }[];
}

/**
 * True for a state that acts on the world: `acts` says so, or a limit, an approval, a breaker or a budget guards it. Modes and silences
 * hold instances back from these, and from no others: to look is always allowed.
 */
export function isActing(machine: Machine, state: string): boolean {
  const policy = machine.policy[state];
  return (
    policy?.acts === true ||
    policy?.limit !== undefined ||
    policy?.ask !== undefined ||
    budgetsOf(machine, state).length > 0 ||
    breakersOf(machine, state).length > 0
  );
}

export function budgetsOf(machine: Pick<Machine, "budget">, state: string): Budget[] {
  return machine.budget.filter((budget) => budget.entering === state);
}

export function breakersOf(machine: Pick<Machine, "breaker">, state: string): Breaker[] {
  return machine.breaker.filter((breaker) => breaker.guards.includes(state));
}

/** What an instance must ask for before it enters a state. Throws what `by` or `priority` of its limit throw. */
export function wishFor(machine: Machine, state: string, entrant: Entrant<unknown>): Wish {
  const { limit, ask } = machine.policy[state] ?? {};
  const key = limit?.by?.(entrant as never) ?? "";
  const breakers = breakersOf(machine, state);
  return {
    state,
    gates: [...(limit ? [`limit ${machine.name} ${state} ${key}`] : []), ...breakers.map((breaker) => gateOf(machine, breaker, entrant))],
    limit: limit
      ? {
          key,
          priority: limit.priority?.(entrant as never) ?? 0,
          most: limit.most ?? null,
          rateMost: limit.rate?.most ?? null,
          ratePer: limit.rate ? milliseconds(limit.rate.per) : null,
          rateText: limit.rate?.per ?? null,
        }
      : null,
    ask: ask ? { role: ask.role, within: milliseconds(ask.within) } : null,
    budgets: budgetsOf(machine, state).map(({ most, within }) => ({ most, within: milliseconds(within) })),
    breakers: breakers.map((breaker) => ({
      name: breakerName(breaker),
      guards: breaker.guards,
      state,
      of: breaker.of.machine,
      by: breaker.of.by ?? null,
      most: typeof breaker.most === "number" ? breaker.most : null,
      share: shareOf(breaker) ?? null,
      atLeast: breaker.atLeast ?? 1,
    })),
  };
}

function gateOf(machine: Machine, breaker: Breaker, { labels }: Entrant<unknown>): string {
  const { by } = breaker.of;
  return `breaker ${machine.name} ${breakerName(breaker)} ${by === undefined ? "" : (labels[by] ?? "")}`;
}
