import type { Change, InboxRow, InstanceRow } from "../store/change.ts";

/** The row as the commit has left it. */
export function after(row: InstanceRow, change: Change, at: number): InstanceRow {
  return {
    id: row.id,
    machine: row.machine,
    key: row.key,
    labels: row.labels,
    run: row.run,
    version: change.version,
    rev: row.rev + 1,
    state: change.state,
    step: change.entered ? row.step + 1 : row.step,
    since: change.entered ? at : row.since,
    status: change.status,
    attempt: change.attempt,
    firstFailure: change.firstFailure,
    error: change.error,
    data: change.data ?? row.data,
    hasParent: row.hasParent,
    inbox: unconsumed(row, change),
  };
}

function unconsumed(row: InstanceRow, { effects }: Change): readonly InboxRow[] {
  if (row.inbox.length === 0) return row.inbox;
  const consumed = new Set(effects.consumed);
  return row.inbox.filter((message) => !consumed.has(message.id));
}

/** A handler that takes one signal at a time runs again while there are more; each time it takes one, so this ends. */
export function hasMoreToTake(row: InstanceRow, change: Change): boolean {
  return (change.effects.took ?? []).length > 0 && unconsumed(row, change).some((message) => message.kind === "signal");
}
