import { jsonColumn, numberColumn, textColumn } from "./arrays.ts";
import type { Change } from "./change.ts";
import { allHold, answer, fence } from "./commit-fence.ts";
import type { Statement } from "./session.ts";

/** Moves the rows, and takes what their handlers have taken of their inboxes. */
const moving = `${fence}, change as materialized (
  select * from unnest(
    $4::text::bigint[], $5::text::bigint[], $6::text::int[], $7::text::text[], $8::text::int[], $9::text::text[], $10::text::float8[],
    $11::text::int[], $12::text::float8[], string_to_array($13::text, E'\\n', ''), string_to_array($14::text, E'\\n', ''), string_to_array($15::text, E'\\n', ''),
    $16::text::text[], $17::text::text[], $18::text::int[], $19::text::float8[], string_to_array($20::text, E'\\n', ''), $21::text::text[], $22::text::text[]
  ) as c (
    id, rev, version, state, entered, status, due, attempt, first_failure, error, data, result, kind, from_state, tried, took, what, by, why
  )
), moved as (
  update fettle.instance i set
    rev = i.rev + 1, version = c.version, state = c.state, step = i.step + c.entered,
    since = case c.entered when 1 then (select at from moment) else i.since end,
    status = c.status, due = to_timestamp(c.due / 1000), attempt = c.attempt, first_failure = to_timestamp(c.first_failure / 1000),
    error = c.error, data = coalesce(c.data, i.data), result = c.result
  from change c
  where i.id = c.id and i.rev = c.rev and ${allHold}
  returning i.slot, i.id, i.machine, i.key, i.run, i.step, i.state, i.status, i.parent, i.parent_run,
    c.kind, c.from_state, c.entered, c.tried, c.took, c.what, c.by, c.why
), past as (
  insert into fettle.history (slot, instance, run, step, at, kind, from_state, to_state, attempt, took, detail, by, why)
  select m.slot, m.id, m.run, m.step, (select at from moment), m.kind, m.from_state, case m.entered when 1 then m.state end,
    coalesce(m.tried, 0), m.took, m.what, coalesce(m.by, ''), coalesce(m.why, '')
  from moved m where m.kind is not null
), taken as (
  insert into fettle.history (slot, instance, run, step, kind, from_state, attempt, signal, by, why)
  select m.slot, m.id, m.run, m.step, 'took', m.state, 0, t.signal, t.by, t.why
  from jsonb_to_recordset($23::jsonb -> 'took') as t (id bigint, signal text, by text, why text) join moved m using (id)
), consumed as (
  delete from fettle.inbox b using jsonb_to_recordset($23::jsonb -> 'consumed') as u (id bigint, message bigint), moved m
  where m.id = u.id and b.slot = (u.id & 4095)::int and b.instance = u.id and b.id = u.message
)`;

/**
 * Any change, with all that it touches. What lies beside an instance is found by the slot that its id ends with: were it found by
 * the slot of the row that was moved, Postgres would walk through the whole index for each.
 */
export const wholeCommit: Statement = {
  name: "fettle_commit_whole",
  text: `${moving}, spawned as (
  select count(s.instance) as count
  from jsonb_to_recordset($23::jsonb -> 'spawned') as w (
    id bigint, slot int, machine text, key text, version int, state text, data text, labels jsonb, deadlines jsonb
  ) join moved m using (id)
  cross join lateral fettle.start_run(
    w.slot, w.machine, w.key, w.version, w.state, w.data, w.labels, true, w.deadlines, m.id, m.run, m.machine || ' ' || m.key, ''
  ) as s
), sent as (
  select count(r.instance) as count
  from jsonb_to_recordset($23::jsonb -> 'sent') as w (id bigint, slot int, machine text, key text, name text, payload text)
  join moved m using (id)
  cross join lateral fettle.send_to(w.slot, w.machine, w.key, 'signal', w.name, w.payload, m.machine || ' ' || m.key, '') as r
), told as (
  insert into fettle.inbox (slot, instance, run, kind, name, by, why)
  select (m.parent & 4095)::int, m.parent, m.parent_run, 'child', m.status, m.machine || ' ' || m.key, ''
  from moved m where m.parent is not null and m.kind in ('done', 'stuck', 'cancelled')
  returning slot
), woken as (
  select count(fettle.wake(range)) as count from (select distinct slot / 64 as range from told) as t
), raised as (
  insert into fettle.attention (slot, instance, cause, kind, machine, key, state, code, say, severity, related)
  select m.slot, m.id, r.cause, r.kind, m.machine, m.key, m.state, r.code, r.say, r.severity, coalesce(o.id, m.parent)
  from jsonb_to_recordset($23::jsonb -> 'raised') as r (id bigint, kind text, cause text, code text, say text, severity text, related jsonb)
  join moved m using (id)
  left join fettle.instance o on o.slot = (r.related ->> 'slot')::int and o.machine = r.related ->> 'machine' and o.key = r.related ->> 'key'
  on conflict (slot, instance, cause) do update set
    state = excluded.state, say = excluded.say, severity = excluded.severity, related = excluded.related, at = excluded.at
  returning cause, severity, say, machine, key
), paged as (
  insert into fettle.page (cause, severity, say, machine, key, count)
  select cause, min(severity), min(say), min(machine), min(key), count(*) from raised group by cause order by cause
  on conflict (cause) where resolved is null do update set count = page.count + excluded.count, say = excluded.say, last = clock_timestamp()
), released as (
  update fettle.permit p set released = true from moved m where m.status = 'stuck' and p.slot = m.slot and p.instance = m.id
), calmed as (
  delete from fettle.attention a using jsonb_to_recordset($23::jsonb -> 'calmed') as u (id bigint, kind text, cause text), moved m
  where m.id = u.id and a.slot = (u.id & 4095)::int and a.instance = u.id and a.kind = u.kind and a.cause = coalesce(u.cause, a.cause)
), armed as (
  insert into fettle.deadline (slot, instance, number, at, latest, extend_by, reach, severity, say)
  select m.slot, m.id, d.number, clock_timestamp() + d.within * interval '1 millisecond', clock_timestamp() + d.most * interval '1 millisecond',
    d.by, d.reach, d.severity, d.say
  from jsonb_to_recordset($23::jsonb -> 'arm') as d (
    id bigint, number int, within float8, most float8, by float8, reach text, severity text, say text
  ) join moved m using (id)
  on conflict (slot, instance, number) do update set at = excluded.at, latest = excluded.latest
), extended as (
  update fettle.deadline d set at = least(greatest(d.at, clock_timestamp() + d.extend_by * interval '1 millisecond'), d.latest)
  from jsonb_to_recordset($23::jsonb -> 'extend') as u (id bigint, number int), moved m
  where m.id = u.id and d.slot = (u.id & 4095)::int and d.instance = u.id and d.number = u.number and d.extend_by is not null
), timed as (
  insert into fettle.cron (slot, instance, run, step, at, missed)
  select m.slot, m.id, c.run, c.step, to_timestamp(c.at / 1000), c.missed
  from jsonb_to_recordset($23::jsonb -> 'cron') as c (id bigint, run int, step int, at float8, missed text) join moved m using (id)
  on conflict (slot, instance) do update set run = excluded.run, step = excluded.step, at = excluded.at, missed = excluded.missed
), disarmed as (
  delete from fettle.deadline d using jsonb_to_recordset($23::jsonb -> 'disarm') as u (id bigint, number int), moved m
  where m.id = u.id and d.slot = (u.id & 4095)::int and d.instance = u.id and d.number = u.number
)
${answer}, (select count from spawned) + (select count from sent) + (select count from woken) as effects from moved m`,
};

/** The same for changes that touch nothing beside, as those of a flood of signals: what has no rows is begun and ended too. */
export const takingCommit: Statement = {
  name: "fettle_commit_taking",
  text: `${moving} ${answer} from moved m`,
};

export function wholeColumns(changes: readonly Change[]): (string | null)[] {
  return [
    numberColumn(changes, (c) => c.id),
    numberColumn(changes, (c) => c.rev),
    numberColumn(changes, (c) => c.version),
    textColumn(changes, (c) => c.state),
    numberColumn(changes, (c) => (c.entered ? 1 : 0)),
    textColumn(changes, (c) => c.status),
    numberColumn(changes, (c) => c.due),
    numberColumn(changes, (c) => c.attempt),
    numberColumn(changes, (c) => c.firstFailure),
    jsonColumn(changes, (c) => c.error),
    jsonColumn(changes, (c) => c.data),
    jsonColumn(changes, (c) => c.result),
    textColumn(changes, (c) => c.history?.kind ?? null),
    textColumn(changes, (c) => c.history?.from ?? null),
    numberColumn(changes, (c) => c.history?.attempt ?? null),
    numberColumn(changes, (c) => c.history?.took ?? null),
    jsonColumn(changes, (c) => c.history?.detail ?? null),
    textColumn(changes, (c) => c.history?.by || null),
    textColumn(changes, (c) => c.history?.why || null),
    effectLists(changes),
  ];
}

/** Few changes have effects, so they travel as one JSON text, empty lists left out. */
function effectLists(changes: readonly Change[]): string {
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
