import type { InstanceDetail, Relative } from "../client/client.ts";
import { instant } from "./instant.ts";
import type { Session } from "./session.ts";

/** Deadlines that are armed, soonest first. */
export async function readDeadlines(session: Session, id: number): Promise<InstanceDetail["deadlines"]> {
  const rows = await session.query<{ reach: string; at: number; severity: "info" | "warning" | "critical"; say: string }>(
    `select reach, extract(epoch from at)::float8 * 1000 as at, severity, say from fettle.deadline
     where slot = ($1::bigint & 4095)::int and instance = $1::bigint order by at`,
    [id],
  );
  return rows.map((row) => ({ ...row, reach: row.reach.split(" or "), at: instant(row.at) }));
}

/** Signals that no handler has taken yet, oldest first. */
export async function readPendingSignals(session: Session, id: number, run: number): Promise<InstanceDetail["signals"]> {
  const rows = await session.query<{ name: string; payload: string | null; by: string; why: string; at: number }>(
    `select name, payload, by, why, extract(epoch from at)::float8 * 1000 as at from fettle.inbox
     where slot = ($1::bigint & 4095)::int and instance = $1::bigint and run = $2::int and kind = 'signal' order by id limit 100`,
    [id, run],
  );
  return rows.map((row) => ({ ...row, payload: row.payload === null ? null : JSON.parse(row.payload), at: instant(row.at) }));
}

export function readRelatives(session: Session, parent: number, run: number): Promise<Relative[]> {
  return session.query(
    `select machine, key, run, state, status from fettle.instance where parent = $1::bigint and parent_run = $2::int order by started, id limit 100`,
    [parent, run],
  );
}
