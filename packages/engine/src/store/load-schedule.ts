import type { Session } from "./session.ts";

export interface DueInstances {
  readonly machine: string;
  readonly ids: readonly number[];
  /** Milliseconds since 1970, one for each id. */
  readonly dues: readonly number[];
}

/** Every running instance of a range, by machine. Read once, when the range is taken over; as text, since it may be a million. */
export async function loadSchedule(session: Session, range: number): Promise<DueInstances[]> {
  const rows = await session.query<{ machine: string; ids: string; dues: string }>(
    `select machine, string_agg(id::text, ',') as ids, string_agg(coalesce(ceil(extract(epoch from due) * 1000), 0)::bigint::text, ',') as dues
     from fettle.instance where slot between $1::int * 64 and $1::int * 64 + 63 and status = 'running' group by machine`,
    [range],
  );
  return rows.map((row) => ({ machine: row.machine, ids: row.ids.split(",").map(Number), dues: row.dues.split(",").map(Number) }));
}

/** Instances of a range with a deadline within a minute: they run first. */
export async function loadNearDeadlines(session: Session, range: number): Promise<number[]> {
  const rows = await session.query<{ id: number }>(
    `select distinct instance::float8 as id from fettle.deadline
     where slot between $1::int * 64 and $1::int * 64 + 63 and at < clock_timestamp() + interval '1 minute'`,
    [range],
  );
  return rows.map((row) => row.id);
}
