import type { Session } from "./session.ts";

/** The instances of the ranges that have messages not in `known`. The primary key starts with the slot, so only those ranges are read. */
export function readInbox(
  session: Session,
  ranges: readonly number[],
  known: readonly number[],
): Promise<{ id: number; instance: number }[]> {
  return session.query(
    `select b.id::float8 as id, b.instance::float8 as instance
     from unnest($1::int[]) as r (range)
     join fettle.inbox b on b.slot between r.range * 64 and r.range * 64 + 63
     where b.id <> all ($2::bigint[]) order by b.id limit 10000`,
    [ranges, known],
  );
}
