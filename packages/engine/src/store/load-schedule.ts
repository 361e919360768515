import type { Session } from "./session.ts";

/** Ids and due times (milliseconds since 1970) of every running instance of a range. Read once, when the range is taken over. */
export function loadSchedule(session: Session, range: number): Promise<{ id: number; due: number }[]> {
  return session.query(
    `select id::float8 as id, coalesce(extract(epoch from due)::float8 * 1000, 0) as due
     from fettle.instance where slot between $1::int * 64 and $1::int * 64 + 63 and status = 'running'`,
    [range],
  );
}
