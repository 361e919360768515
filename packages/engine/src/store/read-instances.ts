import type { InboxRow, InstanceRow } from "./change.ts";
import type { Session } from "./session.ts";

/** Reads instances by id with what waits in their inbox, oldest first: at most 1,000 messages each, and no flood of signals hides a person's command. */
export async function readInstances(session: Session, ids: readonly number[]): Promise<InstanceRow[]> {
  const rows = await session.query<Raw>(statement, [ids]);
  return rows.map((row) => ({ ...row, labels: JSON.parse(row.labels), inbox: JSON.parse(row.inbox) as InboxRow[] }));
}

type Raw = Omit<InstanceRow, "labels" | "inbox"> & { readonly labels: string; readonly inbox: string };

const statement = `
select i.id::float8 as id, i.machine, i.key, i.labels::text as labels, i.run, i.version, i.rev::float8 as rev, i.state, i.step,
  extract(epoch from i.since)::float8 * 1000 as since, i.status, i.attempt,
  extract(epoch from i.first_failure)::float8 * 1000 as "firstFailure", i.error, i.data,
  coalesce(b.messages, '[]') as inbox
from unnest($1::bigint[]) as u (id)
join fettle.instance i on i.slot = (u.id >> 41)::int and i.id = u.id
left join lateral (
  select json_agg(json_build_object('id', m.id, 'run', m.run, 'kind', m.kind, 'name', m.name, 'payload', m.payload, 'by', m.by, 'why', m.why) order by m.id)::text as messages
  from (select * from fettle.inbox b where b.slot = i.slot and b.instance = i.id order by b.kind = 'signal', b.id limit 1000) m
) b on true`;
