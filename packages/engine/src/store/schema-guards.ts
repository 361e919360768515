/**
 * What holds an instance back from a state: limits, breakers, budgets, approvals, modes and silences.
 *
 * A permit is taken before the commit that enters a state, and is worth something only while that very commit may still happen or has:
 * it names the row as it was read, and the lease under which it is to be written. So nobody has to give a permit back, a worker that
 * dies or loses its lease in between takes nothing with it, and many that ask at the same instant are let in one after the other.
 */
export const schemaGuards = `
  create table fettle.permit (
    slot int not null,
    instance bigint not null,
    machine text not null,
    state text not null,
    limit_key text not null,
    run int not null,
    step int not null,
    rev bigint not null,
    epoch bigint not null,
    owner uuid not null,
    -- Stuck or paused: it is still there, and keeps nobody else out.
    released boolean not null default false,
    at timestamptz not null default clock_timestamp(),
    primary key (slot, instance)
  );
  create index permit_state on fettle.permit (machine, state, limit_key);

  -- Permits that count: of those that are in the state, and of those whose commit is on its way.
  create view fettle.inside as
    select p.*, i.labels from fettle.permit p
    join fettle.instance i on i.slot = p.slot and i.id = p.instance
    left join fettle.lease l on l.range = p.slot / 64
    where i.status <> 'done' and i.run = p.run
      and ((i.step = p.step and i.state = p.state) or (i.rev = p.rev and l.epoch = p.epoch and l.owner = p.owner));

  -- Entries of states with a rate; older ones than its window are removed as new ones come.
  create table fettle.entry (
    machine text not null,
    state text not null,
    limit_key text not null,
    at timestamptz not null
  );
  create index entry_at on fettle.entry (machine, state, limit_key, at);

  -- Instances that may not enter a state yet, with their place: it counts while the instance is in that visit.
  create table fettle.line (
    slot int not null,
    instance bigint not null,
    run int not null,
    step int not null,
    machine text not null,
    wants text not null,
    kind text not null check (kind in ('silence', 'mode', 'ask', 'limit', 'rate', 'breaker')),
    limit_key text not null,
    say text not null,
    priority float8 not null,
    at timestamptz not null,
    -- When it looks again; one that is long past belongs to nobody who looks.
    look timestamptz not null,
    primary key (slot, instance)
  );
  create index line_place on fettle.line (machine, wants, limit_key);

  create table fettle.breaker (
    machine text not null,
    name text not null,
    scope text not null,
    population int not null default 0,
    counted timestamptz,
    opened timestamptz,
    -- How many more a person lets through while it is open.
    let int not null default 0,
    -- A person has closed it: it lets through until fewer are inside than trip it, and is armed again then.
    passing boolean not null default false,
    -- What people did to it, oldest first: {by, why, let, at}.
    acts jsonb not null default '[]',
    primary key (machine, name, scope)
  );

  create function fettle.selects(r fettle.rule, the_kind text, the_machine text, the_key text, the_labels jsonb) returns boolean
  language sql as $function$
    select r.kind = the_kind and r.ended is null and (r.until is null or r.until > clock_timestamp())
      and (r.machine is null or r.machine = the_machine) and (r.key is null or r.key = the_key) and the_labels @> r.labels
  $function$;

  -- The mode that holds for an instance: the rule that names most, and of those the newest.
  create function fettle.mode_of(the_machine text, the_key text, the_labels jsonb) returns setof fettle.rule
  language sql as $function$
    select r.* from fettle.rule r where fettle.selects(r, 'mode', the_machine, the_key, the_labels)
    order by (r.key is not null)::int + (r.machine is not null)::int + (select count(*) from jsonb_object_keys(r.labels)) desc, r.id desc limit 1
  $function$;

  -- How often an instance has entered a state within a time, over all its runs, since a person last retried it.
  create function fettle.entries(the_slot int, the_id bigint, the_state text, since timestamptz) returns bigint
  language sql as $function$
    select count(*) from fettle.history h
    where h.slot = the_slot and h.instance = the_id and h.to_state = the_state and h.at > since and h.id > coalesce((
      select max(r.id) from fettle.history r where r.slot = the_slot and r.instance = the_id and r.kind = 'retried' and r.at > since
    ), 0)
  $function$;

  -- Whether a breaker lets one more through: null, or what to say to who is held. Its gate is held by the caller.
  create function fettle.tripped(the_machine text, wish jsonb, the_slot int, the_id bigint, the_labels jsonb, moment timestamptz) returns text
  language plpgsql as $function$
  declare
    it fettle.breaker;
    the_name text := wish ->> 'name';
    the_scope text := coalesce(the_labels ->> (wish ->> 'by'), '');
    where_it_is text := case when wish ->> 'by' is null then '' else ' of ' || (wish ->> 'by') || '=' || the_scope end;
    inside bigint;
    most float8;
    trips boolean;
    sentence text;
  begin
    insert into fettle.breaker (machine, name, scope) values (the_machine, the_name, the_scope) on conflict do nothing;
    select b.* into it from fettle.breaker b where b.machine = the_machine and b.name = the_name and b.scope = the_scope;
    if it.counted is null or it.counted < moment - interval '30 seconds' then
      select count(*) into it.population from fettle.instance i
        where i.machine = wish ->> 'of' and i.status <> 'done' and (wish ->> 'by' is null or coalesce(i.labels ->> (wish ->> 'by'), '') = the_scope);
      it.counted := moment;
    end if;
    select count(*) + 1 into inside from fettle.inside p
      where p.machine = the_machine and wish -> 'guards' ? p.state and not (p.slot = the_slot and p.instance = the_id)
        and (wish ->> 'by' is null or coalesce(p.labels ->> (wish ->> 'by'), '') = the_scope);
    most := coalesce((wish ->> 'most')::float8, it.population * (wish ->> 'share')::float8);
    trips := inside >= (wish ->> 'atLeast')::int and inside > most;
    it.passing := it.passing and trips;
    if it.opened is null and trips and not it.passing then
      it.opened := moment;
      sentence := 'breaker ' || the_name || ' of ' || the_machine || ' is open' || where_it_is || ': ' || inside || ' of ' || it.population
        || ' would be in ' || (select string_agg(g, ' or ') from jsonb_array_elements_text(wish -> 'guards') g) || ' at once, and doubt the monitoring first';
      insert into fettle.attention (slot, instance, cause, kind, machine, key, state, code, say, severity)
        values (0, 0, 'breaker:' || the_machine || ':' || the_name || ':' || the_scope, 'breaker', the_machine, the_scope, wish ->> 'state', 'BREAKER', sentence, 'critical')
        on conflict (slot, instance, cause) do nothing;
      insert into fettle.page (cause, severity, say, machine, key, count)
        values ('breaker:' || the_machine || ':' || the_name || ':' || the_scope, 'critical', sentence, the_machine, the_scope, 1)
        on conflict (cause) where resolved is null do nothing;
    end if;
    if it.opened is not null and it.let > 0 then
      it.let := it.let - 1;
      sentence := null;
    elsif it.opened is not null then
      sentence := 'the breaker ' || the_name || where_it_is || ' is open since ' || to_char(it.opened at time zone 'UTC', 'HH24:MI:SS') || ' UTC';
    end if;
    update fettle.breaker b set population = it.population, counted = it.counted, opened = it.opened, let = it.let, passing = it.passing
      where b.machine = the_machine and b.name = the_name and b.scope = the_scope;
    return sentence;
  end
  $function$;

  -- Whether an instance may enter a state: enter, held, spent (its budget), unanswered (nobody approved in time), or lost (the row is
  -- not what was read, or the lease is another's). A permit that is there already, and was not released, stays good.
  create function fettle.admit(wish jsonb) returns table (verdict text, guard text, sentence text, again float8)
  language plpgsql as $function$
  declare
    the_slot int := (wish ->> 'slot')::int;
    the_id bigint := (wish ->> 'instance')::bigint;
    the_machine text := wish ->> 'machine';
    the_state text := wish ->> 'state';
    the_run int := (wish ->> 'run')::int;
    is_free boolean := (wish ->> 'byPerson')::boolean;
    is_entry boolean := (wish ->> 'entering')::boolean;
    the_key text := coalesce(wish -> 'limit' ->> 'key', '');
    the_priority float8 := coalesce((wish -> 'limit' ->> 'priority')::float8, 0);
    gate text;
    one jsonb;
    moment timestamptz;
    here record;
    place fettle.line;
    rule record;
    asker text := wish -> 'ask' ->> 'role';
    inside bigint;
    ahead bigint;
    next_free timestamptz;
    why_held text;
    kind_held text;
    look_at timestamptz;
  begin
    for gate in select g from jsonb_array_elements_text(wish -> 'gates') g order by g loop
      perform pg_advisory_xact_lock(hashtextextended(gate, 770132));
    end loop;
    moment := clock_timestamp();
    select i.labels, i.key, i.state, i.step into here from fettle.instance i join fettle.lease l on l.range = i.slot / 64
      where i.slot = the_slot and i.id = the_id and i.rev = (wish ->> 'rev')::bigint and l.epoch = (wish ->> 'epoch')::bigint and l.owner = (wish ->> 'owner')::uuid;
    if not found then
      return query select 'lost', null::text, null::text, null::float8;
      return;
    end if;
    if not is_entry then
      perform from fettle.inside p where p.slot = the_slot and p.instance = the_id and p.state = the_state and p.step = here.step and not p.released;
      if found then
        return query select 'enter', null::text, null::text, null::float8;
        return;
      end if;
    end if;
    select l.* into place from fettle.line l
      where l.slot = the_slot and l.instance = the_id and l.run = the_run and l.step = here.step and l.wants = the_state;

    if is_entry and not is_free then
      for one in select b from jsonb_array_elements(wish -> 'budgets') b loop
        if fettle.entries(the_slot, the_id, the_state, moment - (one ->> 'within')::float8 * interval '1 millisecond') >= (one ->> 'most')::int then
          return query select 'spent', 'budget'::text, null::text, null::float8;
          return;
        end if;
      end loop;
      select r.id, r.value, r.by as author, r.why as reason, r.until into rule from fettle.rule r where r.value = 'hold' and fettle.selects(r, 'silence', the_machine, here.key, here.labels) order by r.until desc limit 1;
      if rule.id is not null then
        kind_held := 'silence';
        why_held := 'held by a silence of ' || rule.author || ' until ' || to_char(rule.until at time zone 'UTC', 'HH24:MI') || ' UTC: ' || rule.reason;
        look_at := rule.until;
      end if;
      select m.id, m.value, m.by as author, m.why as reason, m.until into rule from fettle.mode_of(the_machine, here.key, here.labels) m;
      if kind_held is null and rule.value = 'observe' then
        kind_held := 'mode';
        why_held := 'would enter ' || the_state || ', and only observes: ' || rule.author || ': ' || rule.reason;
        look_at := moment + interval '1 minute';
      end if;
      if kind_held is null and rule.value = 'ask' then
        asker := coalesce(asker, 'person');
      end if;
      if kind_held is null and asker is not null and not (wish ->> 'approved')::boolean then
        kind_held := 'ask';
        why_held := 'waits for a ' || asker || ' to approve that it enters ' || the_state;
        look_at := case when place.kind = 'ask' then place.at else moment end + coalesce((wish -> 'ask' ->> 'within')::float8 * interval '1 millisecond', interval '1 day');
        if wish -> 'ask' ->> 'within' is not null and look_at <= moment then
          return query select 'unanswered', 'ask'::text, null::text, null::float8;
          return;
        end if;
      end if;
    end if;

    -- A breaker counts a passing wish against what is let through, so it is asked last but for the limit, which is asked before it.
    if kind_held is null and wish -> 'limit' ->> 'most' is not null then
      select count(*) into inside from fettle.inside p
        where p.machine = the_machine and p.state = the_state and p.limit_key = the_key and not p.released
          and not (p.slot = the_slot and p.instance = the_id);
      select count(*) into ahead from fettle.line l join fettle.instance i on i.slot = l.slot and i.id = l.instance
        where l.machine = the_machine and l.wants = the_state and l.limit_key = the_key and l.kind in ('limit', 'rate')
          and not (l.slot = the_slot and l.instance = the_id) and i.run = l.run and i.step = l.step and i.status = 'running'
          and l.look > moment - interval '15 seconds'
          and (l.priority > the_priority or (l.priority = the_priority and l.at < coalesce(place.at, moment)));
      if inside + ahead >= (wish -> 'limit' ->> 'most')::int then
        kind_held := 'limit';
        why_held := inside || ' of ' || (wish -> 'limit' ->> 'most') || ' are in ' || the_state || case the_key when '' then '' else ' for ' || the_key end;
        look_at := moment + least(greatest(ahead, 5), 600) * interval '1 second';
      end if;
    end if;
    if kind_held is null and is_entry and wish -> 'limit' ->> 'rateMost' is not null then
      delete from fettle.entry e where e.machine = the_machine and e.state = the_state and e.limit_key = the_key
        and e.at <= moment - (wish -> 'limit' ->> 'ratePer')::float8 * interval '1 millisecond';
      select e.at + (wish -> 'limit' ->> 'ratePer')::float8 * interval '1 millisecond' into next_free from fettle.entry e
        where e.machine = the_machine and e.state = the_state and e.limit_key = the_key
        order by e.at desc offset (wish -> 'limit' ->> 'rateMost')::int - 1 limit 1;
      if next_free is not null then
        kind_held := 'rate';
        why_held := (wish -> 'limit' ->> 'rateMost') || ' have entered ' || the_state || case the_key when '' then '' else ' for ' || the_key end
          || ' within ' || (wish -> 'limit' ->> 'rateText') || ', which is the most';
        look_at := next_free;
      end if;
    end if;
    if kind_held is null and is_entry then
      for one in select b from jsonb_array_elements(wish -> 'breakers') b loop
        why_held := fettle.tripped(the_machine, one, the_slot, the_id, here.labels, moment);
        if why_held is not null then
          kind_held := 'breaker';
          look_at := moment + interval '1 minute';
          exit;
        end if;
      end loop;
    end if;

    if kind_held is null then
      delete from fettle.line l where l.slot = the_slot and l.instance = the_id;
      if jsonb_array_length(wish -> 'gates') > 0 then
        insert into fettle.permit as p (slot, instance, machine, state, limit_key, run, step, rev, epoch, owner)
          values (the_slot, the_id, the_machine, the_state, the_key, the_run, here.step + is_entry::int, (wish ->> 'rev')::bigint,
                  (wish ->> 'epoch')::bigint, (wish ->> 'owner')::uuid)
          on conflict (slot, instance) do update set machine = excluded.machine, state = excluded.state, limit_key = excluded.limit_key, run = excluded.run,
            step = excluded.step, rev = excluded.rev, epoch = excluded.epoch, owner = excluded.owner, released = false, at = excluded.at;
      end if;
      if is_entry and wish -> 'limit' ->> 'rateMost' is not null then
        insert into fettle.entry (machine, state, limit_key, at) values (the_machine, the_state, the_key, moment);
      end if;
      return query select 'enter', null::text, null::text, null::float8;
      return;
    end if;

    if place.kind is distinct from kind_held then
      insert into fettle.history (slot, instance, run, step, kind, from_state, attempt, detail, by, why)
        values (the_slot, the_id, the_run, here.step, 'held', here.state, 0,
                json_build_object('code', 'HELD', 'message', why_held)::text, '', '');
    end if;
    insert into fettle.line as l (slot, instance, run, step, machine, wants, kind, limit_key, say, priority, at, look)
      values (the_slot, the_id, the_run, here.step, the_machine, the_state, kind_held, the_key, why_held, the_priority, moment, look_at)
      on conflict (slot, instance) do update set run = excluded.run, step = excluded.step, machine = excluded.machine, wants = excluded.wants,
        kind = excluded.kind, limit_key = excluded.limit_key, say = excluded.say, priority = excluded.priority, look = excluded.look,
        -- Who waits for an answer waits from when it asked; who waits for room keeps its age in the line, whatever it waits for.
        at = case when place.kind = excluded.kind or (place.kind <> 'ask' and excluded.kind <> 'ask') then l.at else excluded.at end;
    if kind_held = 'ask' then
      insert into fettle.attention (slot, instance, cause, kind, machine, key, state, code, say, severity)
        values (the_slot, the_id, 'ask:' || the_machine || ':' || the_state, 'ask', the_machine, here.key, here.state, 'ASK', here.key || ' ' || why_held, 'warning')
        on conflict (slot, instance, cause) do nothing;
      if found then
        insert into fettle.page as p (cause, severity, say, machine, key, count)
          values ('ask:' || the_machine || ':' || the_state, 'warning', here.key || ' ' || why_held, the_machine, here.key, 1)
          on conflict (cause) where resolved is null do update set count = p.count + 1, say = excluded.say, last = clock_timestamp();
      end if;
    end if;
    return query select 'held', kind_held, why_held, extract(epoch from look_at)::float8 * 1000;
  end
  $function$;

  -- Calls some instances that wait, through their owners.
  create function fettle.call(ids bigint[]) returns void
  language plpgsql as $function$
  begin
    if cardinality(ids) > 0 then
      perform pg_notify('fettle', 'call:' || array_to_string(ids[1:300], ','));
    end if;
  end
  $function$;

  -- Calls those who stand first in the line for the room that an instance has left, by the permit that it had.
  create function fettle.call_next(the_slot int, the_id bigint) returns void
  language sql as $function$
    select fettle.call(array_agg(f.instance)) from (
      select l.instance from fettle.permit p join fettle.line l on l.machine = p.machine and l.wants = p.state and l.limit_key = p.limit_key
      where p.slot = the_slot and p.instance = the_id and l.kind in ('limit', 'rate') and l.instance <> the_id
      order by l.priority desc, l.at limit 3
    ) f
  $function$;

  -- Closes a breaker wholly, or lets a number more through. Nothing is returned where there is none that is open.
  create function fettle.close_breaker(the_machine text, the_name text, the_scope text, more int, actor text, reason text)
  returns setof fettle.breaker
  language plpgsql as $function$
  declare
    it fettle.breaker;
  begin
    update fettle.breaker b set
        opened = case when more is null then null else b.opened end,
        passing = more is null,
        let = case when more is null then 0 else b.let + more end,
        acts = b.acts || jsonb_build_object('by', actor, 'why', reason, 'let', more, 'at', extract(epoch from clock_timestamp()) * 1000)
      where b.machine = the_machine and b.name = the_name and b.scope = the_scope and b.opened is not null
      returning b.* into it;
    if it.machine is null then
      return;
    end if;
    if more is null then
      delete from fettle.attention a where a.slot = 0 and a.instance = 0
        and a.cause = 'breaker:' || the_machine || ':' || the_name || ':' || the_scope;
    end if;
    perform fettle.call(array_agg(f.instance)) from (
      select l.instance from fettle.line l where l.machine = the_machine and l.kind = 'breaker' order by l.priority desc, l.at
      limit coalesce(more, 300)
    ) f;
    return next it;
  end
  $function$;

  -- Forgets permits of instances that are no longer where those are for.
  create function fettle.sweep_permits() returns void
  language sql as $function$
    delete from fettle.permit p where p.at < clock_timestamp() - interval '1 minute'
      and not exists (select from fettle.inside s where s.slot = p.slot and s.instance = p.instance);
  $function$;

  -- Forgets places and questions of instances that are no longer where those are for.
  create function fettle.sweep_line() returns void
  language sql as $function$
    delete from fettle.line l where not exists (
      select from fettle.instance i where i.slot = l.slot and i.id = l.instance and i.run = l.run and i.step = l.step and i.status <> 'done'
    ) or l.look < clock_timestamp() - interval '5 minutes';
    delete from fettle.attention a where a.kind = 'ask'
      and not exists (select from fettle.line l where l.slot = a.slot and l.instance = a.instance and l.kind = 'ask');
  $function$;
`;
