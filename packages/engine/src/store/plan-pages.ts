import type { Session } from "./session.ts";

/**
 * Decides about the open pages that have changed or whose time has come: what is held back and by which page, which calls anew since it
 * got worse (more severe, or more than twice the instances that it had when it was acknowledged), whom it calls now, and when to look again.
 * Any worker does this for all pages; two never do it for one page. Each call is a row in fettle.delivery, made once.
 *
 * Nobody is called while silences cover all that a page is about. A page is held back by an open page that is as severe and was opened at most 15 minutes before, if that one is about what every
 * one of its instances is related to; and from the sixth on, by the first of those that differ from it in the error's text alone.
 */
export async function planPages(session: Session): Promise<void> {
  await session.query(statement, []);
}

const statement = `
with clock as materialized (
  select clock_timestamp() as now
), looked as materialized (
  select p.* from fettle.page p
  where p.resolved is null and (p.next <= clock_timestamp() or p.count <> p.seen)
  order by p.id limit 100 for update skip locked
), held as materialized (
  select p.*, a.victims as now_victims, ranks.list[a.rank] as now_severity,
    p.called is not null and a.rank > array_position(ranks.list, p.severity)
      or p.acknowledged is not null and a.victims > 2 * p.acknowledged_victims as is_worse
  from looked p
  cross join (select array['info', 'warning', 'critical'] as list) ranks
  cross join lateral (
    select count(*)::int as victims, max(array_position(ranks.list, a.severity)) as rank from fettle.attention a where a.cause = p.cause
  ) a
), judged as materialized (
  select h.*, s.suppressor, m.is_muted, h.now_victims > 0 and s.suppressor is null and not m.is_muted and (h.acknowledged is null or h.is_worse) as calls,
    case when h.is_worse or h.called is null then c.now else h.called end as now_called,
    case when h.is_worse or h.called is null then h.round + 1 else h.round end as now_round
  from held h cross join clock c
  cross join lateral (select exists (select from fettle.rule r where r.kind = 'silence' and r.ended is null) and not exists (
    select from fettle.attention a left join fettle.instance i on i.slot = a.slot and i.id = a.instance
    where a.cause = h.cause
      and not exists (select from fettle.rule r where fettle.selects(r, 'silence', a.machine, a.key, coalesce(i.labels, '{}')))
  ) as is_muted) m
  cross join lateral (select case when h.called is null and h.acknowledged is null then coalesce(
    (select q.id from fettle.page q
     where q.resolved is null and q.id <> h.id and q.suppressed_by is null and (q.id < h.id or q.called is not null)
       and q.opened between h.opened - interval '15 minutes' and h.opened + interval '15 minutes'
       and array_position(array['info', 'warning', 'critical'], q.severity) >= array_position(array['info', 'warning', 'critical'], h.now_severity)
       and not exists (
         select from fettle.attention a where a.cause = h.cause and not exists (
           select from fettle.attention b where b.slot = (a.related & 4095)::int and b.instance = a.related and b.cause = q.cause))
     order by q.id limit 1),
    (select case when count(*) >= 5 then min(q.id) end from fettle.page q
     where q.resolved is null and q.id < h.id and h.cause like 'stuck:%' and q.cause like 'stuck:%'
       and left(q.cause, -8) = left(h.cause, -8))
  ) end as suppressor) s
), planned as materialized (
  select j.id as page, j.now_round as round, w.name as via, t.act, c.now, t.at, t.at <= c.now as is_due,
    case when t.at <= c.now then c.now + w.repeat_ms * interval '1 millisecond' else t.at end as next
  from judged j cross join clock c
  join fettle.way w on w.seen > c.now - interval '10 minutes' and 'open' = any (w.hears) and j.cause <> 'delivery:' || w.name
  cross join lateral (
    select max(d.at) as last from fettle.delivery d
    where d.page = j.id and d.round = j.now_round and d.via = w.name and d.act in ('open', 'repeat')
  ) d
  cross join lateral (select
    case when d.last is null then 'open' else 'repeat' end as act,
    case when d.last is null then j.now_called + w.after_ms * interval '1 millisecond'
      else d.last + w.repeat_ms * interval '1 millisecond' end as at
  ) t
  where j.calls
), told as (
  insert into fettle.delivery (page, round, via, act, at, due)
  select page, round, via, act, now, now from planned p
  where is_due and not (act = 'repeat' and exists (
    select from fettle.delivery d where d.page = p.page and d.via = p.via and d.act in ('open', 'repeat') and d.due is not null))
)
update fettle.page p set
  seen = j.count, victims = j.now_victims, severity = coalesce(j.now_severity, p.severity), suppressed_by = j.suppressor,
  called = case when j.calls then j.now_called else j.called end,
  round = case when j.calls then j.now_round else j.round end,
  acknowledged = case when j.is_worse then null else p.acknowledged end,
  acknowledged_by = case when j.is_worse then null else p.acknowledged_by end,
  acknowledged_victims = case when j.is_worse then null else p.acknowledged_victims end,
  note = case when j.is_worse then null else p.note end,
  next = least(
    -- The row may have been read in a newer version than the attention list: then another look sees both.
    case when j.count <> j.seen then c.now + interval '1 second' end,
    case when j.suppressor is not null or j.is_muted then c.now + interval '15 seconds'
      when j.calls then coalesce((select min(next) from planned n where n.page = j.id), c.now + interval '1 minute') end
  )
from judged j cross join clock c where p.id = j.id`;
