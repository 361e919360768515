import { looksAt } from "./postgres-server.ts";

/**
 * What always holds of the tables, whatever was killed or cut: each complaint is a sentence with the row, and none means that it
 * holds. The machines count their own transitions in `data.moves`.
 */
export async function complaints(url: string): Promise<string[]> {
  await using looks = looksAt(url);
  const broken: string[] = [];
  for (const [what, text] of Object.entries(laws)) {
    for (const row of await looks.at(text)) broken.push(`${what}: ${JSON.stringify(row)}`);
  }
  return broken;
}

const laws: Readonly<Record<string, string>> = {
  "lost or doubled: the data counts other transitions than history": `
    select i.key, i.data::json ->> 'moves' as counted, count(h.id) as recorded from fettle.instance i
    left join fettle.history h on h.slot = i.slot and h.instance = i.id and h.run = i.run and h.kind = 'moved'
    where i.data::json ->> 'moves' is not null
    group by i.slot, i.id, i.key, i.data having (i.data::json ->> 'moves')::int <> count(h.id)`,
  "lost or doubled: the steps of history are not 1, 2, 3, …, each from where the last one led": `
    select * from (
      select h.instance, h.run, h.step, h.from_state, lag(h.to_state) over w as before, row_number() over w as number
      from fettle.history h where h.kind = 'moved' window w as (partition by h.slot, h.instance, h.run order by h.id)
    ) s where s.step <> s.number or (s.before is not null and s.before <> s.from_state)`,
  "a run that was started or ended other than once": `
    select i.key, h.run, h.kind, count(*) from fettle.instance i join fettle.history h on h.slot = i.slot and h.instance = i.id
    where h.kind in ('started', 'done') group by i.slot, i.id, i.key, h.run, h.kind having count(*) <> 1`,
  "an instance without a due time, a place on the attention list, or an end": `
    select key, status, due from fettle.instance i where status = 'running' and due is null
    or status = 'stuck' and not exists (select from fettle.attention a where a.slot = i.slot and a.instance = i.id)`,
  "something that hangs on a run that is done": `
    select i.key, 'attention' as what from fettle.instance i join fettle.attention a on a.slot = i.slot and a.instance = i.id
    where i.status = 'done' and a.kind in ('stuck', 'deadline')
    union all
    select i.key, 'deadline' from fettle.instance i join fettle.deadline d on d.slot = i.slot and d.instance = i.id where i.status = 'done'`,
  "an open page that nothing needs": `
    select p.cause from fettle.page p where p.resolved is null and p.last < clock_timestamp() - interval '30 s'
    and not exists (select from fettle.attention a where a.cause = p.cause)`,
};
