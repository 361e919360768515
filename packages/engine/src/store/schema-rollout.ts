/**
 * What a rollout acts upon: frozen when it starts, and marked as it goes. Who is marked has its message, and the other way round: one
 * transaction does both, so that nobody gets it twice or is missed, whatever dies in between.
 */
export const schemaRollout = `
  create table fettle.rollout_member (
    rollout bigint not null,
    rollout_run int not null,
    -- Its place in the order, which is by chance: the first few are a fair sample of the rest.
    number int not null,
    slot int not null,
    instance bigint not null,
    run int not null,
    -- Null while it is not its turn yet.
    stage int,
    -- Passed over is whose run is another by then, or who is no longer what was selected.
    outcome text check (outcome in ('acted', 'passed')),
    at timestamptz,
    primary key (rollout, rollout_run, number),
    check ((stage is null) = (outcome is null) and (stage is null) = (at is null))
  );
  create index rollout_member_stage on fettle.rollout_member (rollout, rollout_run, stage, number);

  -- Acts on the next members of a stage, at most so many, until as many as the stage is large have been acted upon.
  -- Returns nothing where the visit that asks is over by now: its worker has lost its lease, or a person has ended the rollout.
  create function fettle.act_on_members(
    the_slot int, the_key text, the_token text, the_stage int, the_size int, the_most int,
    the_kind text, the_name text, the_payload text, of_state text, of_status text, actor text, reason text
  ) returns table (acted int, passed int, room int)
  language plpgsql as $function$
  declare
    bound constant int := 10000;
    it fettle.instance;
    ranges int[];
  begin
    -- Two workers that both hold the rollout for theirs come here one after the other, and the second finds what the first has done.
    select i.* into it from fettle.instance i
      where i.slot = the_slot and i.machine = 'fettle/rollout' and i.key = the_key and i.status <> 'done'
        and i.machine || ':' || i.key || ':' || i.run || ':' || i.step = the_token
      for no key update;
    if not found then return; end if;
    select the_size - count(*) into room from fettle.rollout_member m
      where m.rollout = it.id and m.rollout_run = it.run and m.stage = the_stage and m.outcome = 'acted';

    with next as materialized (
      select m.* from fettle.rollout_member m
      where m.rollout = it.id and m.rollout_run = it.run and m.stage is null
      order by m.number limit greatest(0, least(the_most, room))
    ), seen as materialized (
      select n.number, i.slot, i.id, i.machine, i.key, i.run, i.labels, i.data, coalesce(
        i.run = n.run and (i.status = 'done') = (the_kind = 'start')
        and (of_state is null or i.state = of_state) and (of_status is null or i.status = of_status)
        and (the_kind <> 'start' or exists (select from fettle.machine k where k.name = i.machine))
        and (the_kind <> 'signal' or bound > (
          select count(*) from (select from fettle.inbox b where b.slot = i.slot and b.instance = i.id limit bound) as b)),
        false) as fits
      from next n left join fettle.instance i on i.slot = n.slot and i.id = n.instance
    ), marked as (
      update fettle.rollout_member m set stage = the_stage, at = clock_timestamp(), outcome = case when s.fits then 'acted' else 'passed' end
      from seen s where m.rollout = it.id and m.rollout_run = it.run and m.number = s.number
    ), sent as (
      insert into fettle.inbox (slot, instance, run, kind, name, payload, by, why)
      select s.slot, s.id, s.run, the_kind, the_name, the_payload, actor, reason from seen s where s.fits and the_kind <> 'start'
      returning slot / 64 as range
    ), begun as (
      select count(r.instance) from seen s join fettle.machine k on k.name = s.machine
      cross join lateral fettle.start_run(
        s.slot, s.machine, s.key, k.version, k.start, coalesce(the_payload, s.data), s.labels, true, k.deadlines, null, null, actor, reason
      ) as r
      where s.fits and the_kind = 'start'
    )
    select count(*) filter (where s.fits), count(*) filter (where not s.fits), (select array_agg(distinct range) from sent)
      into acted, passed, ranges
      from seen s cross join begun;
    room := room - acted;
    perform fettle.wake(r) from unnest(ranges) as r;
    return next;
  end
  $function$;
`;
