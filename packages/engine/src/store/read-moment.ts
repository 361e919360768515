import type { Session } from "./session.ts";

export interface Moment {
  /** The database's clock, in milliseconds since 1970. */
  readonly now: number;
  /** The history that this Postgres writes on; 0 for a standby, which writes none. A standby that is promoted begins another one. */
  readonly timeline: number;
}

/**
 * Where and when the store is. Not by `pg_control_checkpoint()`: that tells of a promotion only after the next checkpoint.
 * The functions are open to every role.
 */
export async function readMoment(session: Session): Promise<Moment> {
  const [moment] = await session.query<Moment>(
    `select extract(epoch from clock_timestamp())::float8 * 1000 as now,
       case when pg_is_in_recovery() then 0
       else ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int end as timeline`,
    [],
  );
  if (!moment) throw new Error("BUG: the store did not tell the time");
  return moment;
}
