import type { Machine } from "./machine.ts";

/** The part of a machine that its diagram is drawn from; what the client tells of a machine has it too. */
export type Table = Pick<Machine, "name" | "start" | "transitions">;

/** The table's states, and those that it only leads to. */
export function statesOf(table: Table): readonly string[] {
  return [...new Set([table.start, ...Object.keys(table.transitions), ...Object.values(table.transitions).flat()])];
}

/** Each transition once, in the order of the table. */
export function transitionsOf(table: Table): readonly (readonly [from: string, to: string])[] {
  return Object.entries(table.transitions).flatMap(([from, next]) => [...new Set(next)].map((to) => [from, to] as const));
}

/** The longest way from the start once the arrows that lead back are left out; the first of them in the table's order. */
export function longestWay(table: Table): readonly string[] {
  const longest = new Map<string, readonly string[]>();
  const open = new Set<string>();
  const visit = (state: string): readonly string[] => {
    const known = longest.get(state);
    if (known) return known;
    open.add(state);
    let best: readonly string[] = [];
    for (const next of Object.hasOwn(table.transitions, state) ? (table.transitions[state] ?? []) : []) {
      if (open.has(next)) continue;
      const way = visit(next);
      if (way.length > best.length) best = way;
    }
    open.delete(state);
    const way = [state, ...best];
    longest.set(state, way);
    return way;
  };
  return visit(table.start);
}
