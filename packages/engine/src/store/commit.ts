import type { Change } from "./change.ts";
import type { Session } from "./session.ts";

/** The right to change the instances of one range of slots. */
export interface Lease {
  readonly range: number;
  readonly epoch: number;
  readonly owner: string;
}

/**
 * Commits many changes of one range at once, and returns the ids of those that were committed: none where the lease is no longer
 * this worker's, and not one whose row was written by anybody else since it was read.
 * The epoch and the owner are checked in this statement, not before it: a worker may be stopped for minutes between any two
 * statements. The row lock on the lease makes a takeover wait for a commit that has begun, and a later commit see the takeover.
 */
export async function commit(session: Session, lease: Lease, changes: readonly Change[]): Promise<Set<number>> {
  const rows = await session.query<{ id: number }>(statement, values(lease, changes));
  return new Set(rows.map((row) => row.id));
}

const statement = `
with fence as materialized (
  select from fettle.lease where range = $1::int and epoch = $2::bigint and owner = $3::uuid for share
), change as materialized (
  select * from unnest(
    $4::bigint[], $5::bigint[], $6::int[], $7::text[], $8::int[], $9::bool[], $10::text[], $11::float8[], $12::int[], $13::float8[],
    $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::int[], $20::float8[], $21::text[], $22::text[], $23::text[]
  ) as c (
    id, rev, version, state, step, entered, status, due, attempt, first_failure,
    error, data, result, kind, from_state, tried, took, what, by, why
  )
), moved as (
  update fettle.instance i set
    rev = i.rev + 1, version = c.version, state = c.state, step = c.step,
    since = case when c.entered then clock_timestamp() else i.since end,
    status = c.status, due = to_timestamp(c.due / 1000), attempt = c.attempt, first_failure = to_timestamp(c.first_failure / 1000),
    error = c.error, data = c.data, result = c.result
  from change c
  where i.slot = (c.id >> 41)::int and i.id = c.id and i.rev = c.rev and exists (select from fence)
  returning i.slot, i.id, i.machine, i.key, i.run, i.step, i.state, i.status, i.parent, i.parent_run
), past as (
  insert into fettle.history (slot, instance, run, step, kind, from_state, to_state, attempt, took, error, by, why)
  select m.slot, m.id, m.run, m.step, c.kind, c.from_state, case when c.entered then c.state end, c.tried, c.took, c.what, c.by, c.why
  from moved m join change c using (id) where c.kind is not null
), taken as (
  insert into fettle.history (slot, instance, run, step, kind, from_state, attempt, signal, by, why)
  select m.slot, m.id, m.run, m.step, 'took', m.state, 0, t.signal, t.by, t.why
  from jsonb_to_recordset($24::jsonb -> 'took') as t (id bigint, signal text, by text, why text) join moved m using (id)
), consumed as (
  delete from fettle.inbox b using jsonb_to_recordset($24::jsonb -> 'consumed') as u (id bigint, message bigint), moved m
  where m.id = u.id and b.slot = m.slot and b.instance = m.id and b.id = u.message
), spawned as (
  select count(s.instance) as count
  from jsonb_to_recordset($24::jsonb -> 'spawned') as w (
    id bigint, slot int, machine text, key text, version int, state text, data text, labels jsonb, deadlines jsonb
  ) join moved m using (id)
  cross join lateral fettle.start_run(
    w.slot, w.machine, w.key, w.version, w.state, w.data, w.labels, true, w.deadlines, m.id, m.run, m.machine || ' ' || m.key, ''
  ) as s
), sent as (
  select count(r.instance) as count
  from jsonb_to_recordset($24::jsonb -> 'sent') as w (id bigint, slot int, machine text, key text, name text, payload text)
  join moved m using (id)
  cross join lateral fettle.send_to(w.slot, w.machine, w.key, 'signal', w.name, w.payload, m.machine || ' ' || m.key, '') as r
), told as (
  insert into fettle.inbox (slot, instance, run, kind, name, by, why)
  select (m.parent >> 41)::int, m.parent, m.parent_run, 'child', m.status, m.machine || ' ' || m.key, ''
  from moved m join change c using (id) where m.parent is not null and c.kind in ('done', 'stuck')
  returning slot
), woken as (
  select count(pg_notify('fettle', (slot / 64)::text)) as count from told
), raised as (
  insert into fettle.attention (slot, instance, cause, kind, machine, key, state, code, say, severity)
  select m.slot, m.id, r.cause, r.kind, m.machine, m.key, m.state, r.code, r.say, r.severity
  from jsonb_to_recordset($24::jsonb -> 'raised') as r (id bigint, kind text, cause text, code text, say text, severity text)
  join moved m using (id)
  on conflict (slot, instance, cause) do update set state = excluded.state, say = excluded.say, at = excluded.at
  returning cause, severity, say, machine, key
), paged as (
  insert into fettle.page (cause, severity, say, machine, key, count)
  select cause, min(severity), min(say), min(machine), min(key), count(*) from raised group by cause order by cause
  on conflict (cause) where resolved is null do update set count = page.count + excluded.count, say = excluded.say, last = clock_timestamp()
), calmed as (
  delete from fettle.attention a using jsonb_to_recordset($24::jsonb -> 'calmed') as u (id bigint, kind text, cause text), moved m
  where m.id = u.id and a.slot = m.slot and a.instance = m.id and a.kind = u.kind and a.cause = coalesce(u.cause, a.cause)
), armed as (
  insert into fettle.deadline (slot, instance, number, at, reach, severity, say)
  select m.slot, m.id, d.number, clock_timestamp() + d.within * interval '1 millisecond', d.reach, d.severity, d.say
  from jsonb_to_recordset($24::jsonb -> 'arm') as d (id bigint, number int, within float8, reach text, severity text, say text)
  join moved m using (id)
  on conflict (slot, instance, number) do update set at = excluded.at
), disarmed as (
  delete from fettle.deadline d using jsonb_to_recordset($24::jsonb -> 'disarm') as u (id bigint, number int), moved m
  where m.id = u.id and d.slot = m.slot and d.instance = m.id and d.number = u.number
)
select m.id::float8 as id, (select count from spawned) + (select count from sent) + (select count from woken) as effects from moved m`;

function values(lease: Lease, changes: readonly Change[]): unknown[] {
  const column = <Value>(of: (change: Change) => Value) => changes.map(of);
  return [
    lease.range,
    lease.epoch,
    lease.owner,
    column((c) => c.id),
    column((c) => c.rev),
    column((c) => c.version),
    column((c) => c.state),
    column((c) => c.step),
    column((c) => c.entered),
    column((c) => c.status),
    column((c) => c.due),
    column((c) => c.attempt),
    column((c) => c.firstFailure),
    column((c) => c.error),
    column((c) => c.data),
    column((c) => c.result),
    column((c) => c.history?.kind ?? null),
    column((c) => c.history?.from ?? null),
    column((c) => c.history?.attempt ?? 0),
    column((c) => c.history?.took ?? null),
    column((c) => c.history?.error ?? null),
    column((c) => c.history?.by ?? ""),
    column((c) => c.history?.why ?? ""),
    effects(changes),
  ];
}

/** Few changes have effects, so they travel as one JSON text, empty lists left out. */
function effects(changes: readonly Change[]): string {
  const lists: Record<string, object[]> = {};
  for (const { id, effects } of changes) {
    for (const [name, list] of Object.entries(effects) as [string, readonly (object | number)[]][]) {
      for (const item of list) (lists[name] ??= []).push({ id, ...(typeof item === "number" ? { [single(name)]: item } : item) });
    }
  }
  return JSON.stringify(lists);
}

function single(list: string): string {
  return list === "consumed" ? "message" : "number";
}
