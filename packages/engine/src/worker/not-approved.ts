import type { Machine } from "../machine/machine.ts";
import type { Change, InboxRow, InstanceRow, Raised } from "../store/change.ts";
import { moved, stuck, withSeen } from "./conclude.ts";
import type { World } from "./visit.ts";

/** The declared way out of a question that was refused, or that nobody has answered: a person hears of it either way. */
export async function notApproved(
  row: InstanceRow,
  machine: Machine,
  state: string,
  world: World,
  refusal: InboxRow | undefined,
): Promise<Change> {
  const ask = machine.policy[state]?.ask;
  const message = refusal
    ? `${refusal.by} refused that ${row.key} enters ${state}: ${refusal.why}`
    : `Nobody approved within ${ask?.within} that ${row.key} enters ${state}`;
  const change = await wayOut(row, machine, state, message, world);
  const { by = "", why = "" } = refusal ?? {};
  return { ...change, history: change.history && { ...change.history, by, why } };
}

async function wayOut(row: InstanceRow, machine: Machine, state: string, message: string, world: World): Promise<Change> {
  const out = machine.policy[state]?.ask?.else ?? "stuck";
  const seen = withSeen(row, {});
  if (!Object.hasOwn(machine.transitions, out)) {
    const failure = { code: "NOT_APPROVED", message, fix: `Move it elsewhere, or ask again: fettle retry ${row.key}` };
    return stuck(row, machine, failure, seen, 0).change;
  }
  const raised: Raised = {
    kind: "told",
    cause: `unapproved:${row.machine}:${state}`,
    code: "NOT_APPROVED",
    say: message,
    severity: "warning",
  };
  const { change } = await moved(row, machine, { kind: "to", state: out, patch: {} }, { ...seen, raised: [raised] }, 0, world);
  return change;
}
