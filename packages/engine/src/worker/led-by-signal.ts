import type { Machine } from "../machine/machine.ts";
import { andThen, type NowOrLater } from "../machine/now-or-later.ts";
import { leadsTo } from "../policy/on.ts";
import type { InstanceRow } from "../store/change.ts";
import { type Attempted, moved, withSeen } from "./conclude.ts";
import type { Pending, World } from "./visit.ts";

/** The transition that the oldest signal with one causes, before the handler runs; undefined where no signal leads anywhere. */
export function ledBySignal(
  row: InstanceRow,
  machine: Machine,
  pending: readonly Pending[],
  world: World,
): NowOrLater<Attempted> | undefined {
  for (const { row: signal } of pending) {
    const name = signal.name ?? "";
    const state = leadsTo(machine, row.state, name);
    if (state === undefined) continue;
    const { by, why } = signal;
    const effects = withSeen(row, { consumed: [signal.id], took: [{ signal: name, by, why }] });
    return andThen(moved(row, machine, { kind: "to", state, patch: {} }, effects, 0, world), ({ change }) => ({
      kind: "change",
      change: { ...change, history: change.history && { ...change.history, by, why } },
    }));
  }
  return undefined;
}
