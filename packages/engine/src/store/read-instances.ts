import { numberColumn } from "./arrays.ts";
import type { InboxRow, InstanceRow } from "./change.ts";
import type { Session, Statement } from "./session.ts";

/** Reads instances by id, without their inbox. */
export function readInstances(session: Session, ids: readonly number[]): Promise<InstanceRow[]> {
  return read(session, bare, ids);
}

/** Reads instances by id with what waits in their inbox, oldest first: at most 1,000 messages each, and no flood of signals hides a person's command. */
export function readWithInbox(session: Session, ids: readonly number[]): Promise<InstanceRow[]> {
  return read(session, withInbox, ids);
}

type Raw = Omit<InstanceRow, "labels" | "inbox"> & { readonly labels: string; readonly inbox: string | null };

async function read(session: Session, statement: Statement, ids: readonly number[]): Promise<InstanceRow[]> {
  const rows = await session.run<Raw>(statement, [numberColumn(ids, (id) => id) ?? "{}"]);
  return rows.map((row) => ({
    ...row,
    labels: JSON.parse(row.labels),
    inbox: row.inbox === null ? nothing : (JSON.parse(row.inbox) as InboxRow[]).sort(byArrival),
  }));
}

const nothing: readonly InboxRow[] = [];

function byArrival(one: InboxRow, other: InboxRow): number {
  return one.id - other.id;
}

const columns = `
  i.id::float8 as id, i.machine, i.key, i.labels::text as labels, i.run, i.version, i.rev::float8 as rev, i.state, i.step,
  extract(epoch from i.since)::float8 * 1000 as since, i.status, i.attempt,
  extract(epoch from i.first_failure)::float8 * 1000 as "firstFailure", i.error, i.data, i.parent is not null as "hasParent"`;

const instances = `
from unnest($1::text::bigint[]) as u (id)
join fettle.instance i on i.id = u.id`;

const bare: Statement = { name: "fettle_read", text: `select ${columns}, null::text as inbox ${instances}` };

// Sorted here and not by json_agg, which would sort for each instance once more; and its rows know their columns' names, once for all.
const withInbox: Statement = {
  name: "fettle_read_inbox",
  text: `select ${columns}, coalesce(b.messages, '[]') as inbox ${instances}
left join lateral (
  select json_agg(m)::text as messages from (
    select b.id, b.run, b.kind, b.name, b.payload, b.by, b.why from fettle.inbox b
    where b.slot = i.slot and b.instance = i.id order by b.kind = 'signal', b.id limit 1000
  ) m
) b on true`,
};
