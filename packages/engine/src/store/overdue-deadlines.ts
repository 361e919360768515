import type { Session } from "./session.ts";

/** Puts instances whose deadline has passed on the attention list and pages. Any worker does this for all slots; two never do it for one deadline. */
export async function pageOverdue(session: Session): Promise<void> {
  await session.query(
    `with late as (
       delete from fettle.deadline d using (
         select slot, instance, number from fettle.deadline where at < clock_timestamp() order by at limit 200 for update skip locked
       ) due
       where d.slot = due.slot and d.instance = due.instance and d.number = due.number
       returning d.*
     ), raised as (
       insert into fettle.attention (slot, instance, cause, kind, machine, key, state, code, say, severity, related)
       select l.slot, l.instance, 'deadline:' || i.machine || ':' || l.number, 'deadline', i.machine, i.key, i.state,
         'DEADLINE', l.say || ': ' || i.key || ' is in ' || i.state || ', not yet ' || l.reach, l.severity, i.parent
       from late l join fettle.instance i on i.slot = l.slot and i.id = l.instance and i.status <> 'done'
       on conflict (slot, instance, cause) do update set at = excluded.at, state = excluded.state, say = excluded.say
       returning cause, severity, say, machine, key
     )
     insert into fettle.page (cause, severity, say, machine, key, count)
     select cause, min(severity), min(say), min(machine), min(key), count(*) from raised group by cause order by cause
     on conflict (cause) where resolved is null do update set count = page.count + excluded.count, say = excluded.say, last = clock_timestamp()`,
    [],
  );
}
