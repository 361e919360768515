import type { HistoryEntry } from "../client/client.ts";
import { instant } from "./instant.ts";
import type { Session } from "./session.ts";

type Raw = Omit<HistoryEntry, "at" | "error" | "edits"> & { readonly at: number; readonly detail: string | null };

const columns = `h.id::float8 as id, extract(epoch from h.at)::float8 * 1000 as at, i.machine, i.key, h.run, h.step, h.kind,
  h.from_state as "from", h.to_state as "to", h.attempt, h.took, h.detail, h.signal, h.by, h.why
  from fettle.history h join fettle.instance i on i.slot = h.slot and i.id = h.instance`;

/** The history of one instance over all its runs, newest first. */
export async function readHistory(session: Session, id: number, limit: number, before: number | null): Promise<HistoryEntry[]> {
  const rows = await session.query<Raw>(
    `select ${columns} where h.slot = ($1::bigint & 4095)::int and h.instance = $1::bigint and ($3::bigint is null or h.id < $3)
     order by h.id desc limit $2::int`,
    [id, limit, before],
  );
  return rows.map(entry);
}

/** Entries with a greater id, oldest first. */
export function readChanges(session: Session, after: number, most: number): Promise<HistoryEntry[]> {
  return readBetween(session, after + 1, Number.MAX_SAFE_INTEGER, most);
}

/** Entries with an id from the first to the last, oldest first. */
export async function readBetween(session: Session, from: number, to: number, most: number): Promise<HistoryEntry[]> {
  const rows = await session.query<Raw>(`select ${columns} where h.id between $1::bigint and $2::bigint order by h.id limit $3::int`, [
    from,
    to,
    most,
  ]);
  return rows.map(entry);
}

/**
 * The oldest transaction that runs and may have written, and the number that the next one gets. A writer has its number before its entry has
 * an id, or in the same breath: long before a later id has been committed and read.
 */
export async function readTransactions(session: Session): Promise<{ oldest: number; next: number }> {
  const [row] = await session.query<{ oldest: number; next: number }>(
    `select pg_snapshot_xmin(s)::text::float8 as oldest, pg_snapshot_xmax(s)::text::float8 as next from pg_current_snapshot() s`,
    [],
  );
  if (!row) throw new Error("BUG: a select without a table has one row");
  return row;
}

/** The newest id that was given out. It is read off the sequence: no index is there to find the largest in the table. */
export async function lastChange(session: Session): Promise<number> {
  const [row] = await session.query<{ id: number }>(
    "select coalesce(pg_sequence_last_value('fettle.history_id'::regclass), 0)::float8 as id",
    [],
  );
  return row?.id ?? 0;
}

function entry({ detail, ...row }: Raw): HistoryEntry {
  const told = detail === null ? null : JSON.parse(detail);
  const isEdit = row.kind === "edited";
  return { ...row, at: instant(row.at), error: isEdit ? null : told, edits: isEdit ? told : null };
}
