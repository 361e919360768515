import { numberColumn } from "./arrays.ts";
import type { Session } from "./session.ts";

/** The place of an instance that may not enter a state yet. Instants are milliseconds since 1970. */
export interface Place {
  readonly id: number;
  readonly kind: string;
  readonly wants: string;
  readonly say: string;
  readonly at: number;
  readonly look: number;
  /** From 1, among those that want the same. */
  readonly position: number;
}

/** The places of those of the instances that have one. */
export function readLine(session: Session, ids: readonly number[]): Promise<Place[]> {
  return session.query(
    `select l.instance::float8 as id, l.kind, l.wants, l.say, extract(epoch from l.at)::float8 * 1000 as at,
       extract(epoch from l.look)::float8 * 1000 as look,
       (select count(*)::int + 1 from fettle.line o where o.machine = l.machine and o.wants = l.wants and o.limit_key = l.limit_key
          and (o.priority > l.priority or (o.priority = l.priority and o.at < l.at))) as position
     from unnest($1::text::bigint[]) as u (id)
     join fettle.line l on l.slot = (u.id & 4095)::int and l.instance = u.id
     join fettle.instance i on i.slot = l.slot and i.id = l.instance and i.run = l.run and i.step = l.step`,
    [numberColumn(ids, (id) => id) ?? "{}"],
  );
}
