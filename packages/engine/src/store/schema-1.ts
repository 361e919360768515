/**
 * Columns are hard to delete: see docs/reference/frozen.md.
 * No index covers a column that a plain transition changes, and pages leave room, so that every such update is HOT.
 */
export const schema1 = `
  create table fettle.worker (
    id uuid primary key,
    host text not null,
    pid int not null,
    started timestamptz not null default clock_timestamp(),
    expires timestamptz not null,
    -- It must be told of a message. While many come it looks by itself.
    asleep boolean not null default true
  );
  -- Each signal asks whether there is any.
  create index worker_asleep on fettle.worker (id) where asleep;

  -- Changed only when a range changes hands, so that a renewal never waits for a commit. A commit locks the row it names.
  create table fettle.lease (
    range int primary key,
    epoch bigint not null default 0,
    owner uuid
  );
  insert into fettle.lease (range) select generate_series(0, 63);

  create sequence fettle.instance_number maxvalue 2199023255551;

  create table fettle.instance (
    slot int not null,
    id bigint not null,
    machine text not null,
    key text not null,
    labels jsonb not null,
    parent bigint,
    parent_run int,
    run int not null,
    started timestamptz not null,
    version int not null,
    rev bigint not null,
    state text not null,
    step int not null,
    since timestamptz not null,
    status text not null check (status in ('running', 'stuck', 'done')),
    due timestamptz,
    attempt int not null,
    first_failure timestamptz,
    error text,
    data text not null,
    result text,
    primary key (id),
    unique (slot, machine, key)
  ) with (fillfactor = 50);
  create index instance_parent on fettle.instance (parent) where parent is not null;

  create sequence fettle.history_id;
  -- By the week, so that what is old goes by dropping a table.
  create table fettle.history (
    id bigint not null default nextval('fettle.history_id'),
    slot int not null,
    instance bigint not null,
    run int not null,
    step int not null,
    at timestamptz not null default clock_timestamp(),
    kind text not null,
    from_state text,
    to_state text,
    attempt int not null,
    took float8,
    -- JSON: the failure, or the fields that an edit has changed.
    detail text,
    signal text,
    by text not null,
    why text not null
  ) partition by range (at);
  create index history_instance on fettle.history (instance);
  -- The tail is read by id; a range of pages a row keeps the cost of that off every insert.
  create index history_tail on fettle.history using brin (id) with (pages_per_range = 16, autosummarize = on);


  -- Makes the partitions of this week and the ten after it, where they are not there yet. Workers do this each hour.
  create function fettle.add_history_weeks() returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $function$
  declare
    monday timestamptz;
  begin
    perform pg_advisory_xact_lock(770131);
    for monday in
      select generate_series(date_trunc('week', now() at time zone 'utc'), now() at time zone 'utc' + interval '10 weeks', interval '1 week') at time zone 'utc'
    loop
      execute format(
        'create table if not exists fettle.%I partition of fettle.history for values from (%L) to (%L)',
        'history_' || to_char(monday at time zone 'utc', 'YYYYMMDD'), monday, monday + interval '7 days'
      );
    end loop;
  end
  $function$;
  select fettle.add_history_weeks();

  -- Drops the partitions whose every entry is older than that. Whoever reads history keeps it from happening, and whoever writes waits
  -- behind it: so it gives up after a fifth of a second, with SQLSTATE 55P03, and is tried again later.
  create function fettle.drop_history(older_than timestamptz) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $function$
  declare
    week text;
  begin
    perform set_config('lock_timeout', '200ms', true);
    for week in
      select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'fettle.history'::regclass
        -- The name of any other table is no date, and which condition is asked first is not said.
        and case when c.relname ~ '^history_[0-9]{8}$' then (to_date(right(c.relname, 8), 'YYYYMMDD') + 7)::timestamp at time zone 'utc' <= older_than end
      order by 1
    loop
      execute format('alter table fettle.history detach partition fettle.%I', week);
      execute format('drop table fettle.%I', week);
    end loop;
  end
  $function$;

  -- What the owner of the slot has not yet worked in. Its order within an instance is the order of arrival.
  create table fettle.inbox (
    slot int not null,
    instance bigint not null,
    id bigint generated always as identity,
    run int not null,
    -- created, signal, child, or what a person orders: retry, move, edit, cancel, approve, refuse. A check would be read anew by each insert.
    kind text not null,
    name text,
    payload text,
    by text not null,
    why text not null,
    at timestamptz not null default clock_timestamp(),
    primary key (slot, instance, id)
  );
  -- What people order is heard before a flood of the rest.
  create index inbox_order on fettle.inbox (slot) where kind not in ('created', 'signal', 'child');

  create table fettle.deadline (
    slot int not null,
    instance bigint not null,
    number int not null,
    at timestamptz not null,
    -- Progress puts it off by so many milliseconds, and never beyond the latest; null where it stands.
    extend_by float8,
    latest timestamptz,
    reach text not null,
    severity text not null,
    say text not null,
    primary key (slot, instance, number)
  );
  create index deadline_at on fettle.deadline (at);

  -- The time that a visit to a state waits for by a cron. It counts while the instance is still in that visit.
  create table fettle.cron (
    slot int not null,
    instance bigint not null,
    run int not null,
    step int not null,
    at timestamptz not null,
    missed text not null check (missed in ('once', 'skip')),
    primary key (slot, instance)
  );

  -- What needs a person. A page is open while its cause has a row here. What is about fettle itself (kind engine) is of instance 0.
  create table fettle.attention (
    slot int not null,
    instance bigint not null,
    cause text not null,
    kind text not null check (kind in ('stuck', 'deadline', 'told', 'ask', 'breaker', 'engine')),
    machine text not null,
    key text not null,
    state text not null,
    code text not null,
    say text not null,
    severity text not null,
    -- An open page about this instance says it already.
    related bigint,
    at timestamptz not null default clock_timestamp(),
    primary key (slot, instance, cause)
  );
  create index attention_cause on fettle.attention (cause);

  -- What a person has laid down for all instances that it selects: pauses, modes, silences. Ended ones are kept: they are the audit.
  create table fettle.rule (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('pause', 'mode', 'silence')),
    machine text,
    key text,
    labels jsonb not null,
    value text not null,
    by text not null,
    why text not null,
    at timestamptz not null default clock_timestamp(),
    until timestamptz,
    ended timestamptz,
    ended_by text,
    ended_why text
  );
  create unique index rule_in_force on fettle.rule (kind, coalesce(machine, ''), coalesce(key, ''), labels) where ended is null;

  -- A page is raised by whoever writes into attention, and everything after that is decided by planPages:
  -- count differs from seen when it must look at the page anew, and next says when it must look again in any case.
  create table fettle.page (
    id bigint generated always as identity primary key,
    token uuid not null default gen_random_uuid(),
    cause text not null,
    severity text not null,
    say text not null,
    machine text not null,
    key text not null,
    count int not null,
    seen int not null default 0,
    victims int not null default 0,
    opened timestamptz not null default clock_timestamp(),
    last timestamptz not null default clock_timestamp(),
    -- Counts how often the calling began: an acknowledged page that gets worse calls anew.
    round int not null default 0,
    called timestamptz,
    next timestamptz,
    suppressed_by bigint,
    acknowledged timestamptz,
    acknowledged_by text,
    acknowledged_victims int,
    note text,
    resolved timestamptz
  );
  create unique index page_open on fettle.page (cause) where resolved is null;
  create index page_resolved on fettle.page (resolved);

  -- The ways to a person that the living workers know, and when each is called.
  create table fettle.way (
    name text primary key,
    after_ms float8 not null,
    repeat_ms float8 not null,
    hears text[] not null,
    seen timestamptz not null default clock_timestamp(),
    tested timestamptz not null default clock_timestamp(),
    worked timestamptz,
    failing timestamptz
  );

  -- One thing to tell one way. It is claimed by moving due on, so that it is due again if its worker dies.
  create table fettle.delivery (
    id bigint generated always as identity primary key,
    page bigint not null references fettle.page on delete cascade,
    round int not null,
    via text not null,
    act text not null check (act in ('open', 'repeat', 'acknowledge', 'resolve', 'test')),
    at timestamptz not null default clock_timestamp(),
    due timestamptz default clock_timestamp(),
    attempts int not null default 0,
    failures int not null default 0,
    error text,
    delivered timestamptz
  );
  create index delivery_page on fettle.delivery (page);
  create index delivery_due on fettle.delivery (due) where due is not null;

  -- Tells the owner of a range that a message has come, if it sleeps. NOTIFY locks the whole database at commit: callers keep their speed.
  create function fettle.wake(the_range int) returns void
  language plpgsql as $function$
  begin
    perform pg_notify('fettle', the_range::text) from fettle.lease l join fettle.worker w on w.id = l.owner
      where l.range = the_range and w.asleep;
  end
  $function$;

  -- Starts a run of (machine, key) inside the caller's transaction, and tells the slot's owner.
  -- answer: started, kept (a run is not done, or done and not wanted again). Who else starts the same key waits here for the row.
  create function fettle.start_run(
    the_slot int, the_machine text, the_key text, the_version int, the_state text, the_data text, the_labels jsonb,
    again boolean, deadlines jsonb, the_parent bigint, the_parent_run int, actor text, reason text
  ) returns table (instance bigint, instance_run int, answer text)
  language plpgsql set enable_seqscan = off as $function$
  declare
    found_id bigint;
    found_run int;
    moment timestamptz := clock_timestamp();
  begin
    insert into fettle.instance as i (slot, id, machine, key, labels, parent, parent_run, run, started, version, rev, state, step, since, status, due, attempt, data)
    values (the_slot, (nextval('fettle.instance_number') << 12) + the_slot, the_machine, the_key, the_labels, the_parent, the_parent_run,
            1, moment, the_version, 1, the_state, 0, moment, 'running', moment, 0, the_data)
    on conflict (slot, machine, key) do update set
      labels = excluded.labels, parent = excluded.parent, parent_run = excluded.parent_run,
      run = i.run + 1, started = moment, version = excluded.version, rev = i.rev + 1, state = excluded.state, step = 0, since = moment,
      status = 'running', due = moment, attempt = 0, first_failure = null, error = null, data = excluded.data, result = null
      where i.status = 'done' and again
    returning i.id, i.run into found_id, found_run;

    if found_id is null then
      return query select i.id, i.run, 'kept'::text from fettle.instance i
        where i.slot = the_slot and i.machine = the_machine and i.key = the_key;
      return;
    end if;

    if found_run > 1 then
      -- Nothing of the former run may leak.
      delete from fettle.inbox b where b.slot = the_slot and b.instance = found_id;
      delete from fettle.deadline d where d.slot = the_slot and d.instance = found_id;
      delete from fettle.attention a where a.slot = the_slot and a.instance = found_id;
    end if;

    insert into fettle.history (slot, instance, run, step, kind, to_state, attempt, by, why)
      values (the_slot, found_id, found_run, 0, 'started', the_state, 0, actor, reason);
    if deadlines <> '[]' then
      insert into fettle.deadline (slot, instance, number, at, latest, extend_by, reach, severity, say)
        select the_slot, found_id, d.number, moment + d.within * interval '1 millisecond', moment + d.most * interval '1 millisecond',
          d.by, d.reach, d.severity, d.say
        from jsonb_to_recordset(deadlines) as d (number int, within float8, most float8, by float8, reach text, severity text, say text);
    end if;
    insert into fettle.inbox (slot, instance, run, kind, by, why)
      values (the_slot, found_id, found_run, 'created', actor, reason);
    perform fettle.wake(the_slot / 64);
    return query select found_id, found_run, 'started'::text;
  end
  $function$;

  -- In the history of an instance that a rule names by its key.
  create function fettle.note_rule(rule fettle.rule, what text, actor text, reason text) returns void
  language sql as $function$
    insert into fettle.history (slot, instance, run, step, kind, from_state, attempt, by, why)
    select i.slot, i.id, i.run, i.step, what, i.state, 0, actor, reason from fettle.instance i
    where rule.kind = 'pause' and i.machine = rule.machine and i.key = rule.key
      and i.slot = ('x' || left(md5(rule.machine || ' ' || rule.key), 3))::bit(12)::int
  $function$;

  create function fettle.end_rule(the_id bigint, actor text, reason text) returns setof fettle.rule
  language plpgsql as $function$
  declare
    found_rule fettle.rule;
  begin
    update fettle.rule r set ended = clock_timestamp(), ended_by = actor, ended_why = reason
      where r.id = the_id and r.ended is null and (r.until is null or r.until > clock_timestamp()) returning r.* into found_rule;
    if found_rule.id is null then
      return;
    end if;
    perform fettle.note_rule(found_rule, 'resumed', actor, reason);
    perform pg_notify('fettle', '');
    return next found_rule;
  end
  $function$;

  create function fettle.add_rule(
    the_kind text, the_machine text, the_key text, the_labels jsonb, the_value text, lasts float8, actor text, reason text
  ) returns setof fettle.rule
  language plpgsql as $function$
  declare
    new_rule fettle.rule;
  begin
    -- Two people who lay down the same one at once do so one after the other.
    perform pg_advisory_xact_lock(hashtextextended(the_kind || coalesce(the_machine, '') || ' ' || coalesce(the_key, '') || the_labels::text, 770131));
    update fettle.rule r set ended = least(clock_timestamp(), r.until), ended_by = actor, ended_why = reason
      where r.ended is null and r.kind = the_kind and coalesce(r.machine, '') = coalesce(the_machine, '')
        and coalesce(r.key, '') = coalesce(the_key, '') and r.labels = the_labels;
    insert into fettle.rule (kind, machine, key, labels, value, by, why, until)
      values (the_kind, the_machine, the_key, the_labels, the_value, actor, reason, clock_timestamp() + lasts * interval '1 millisecond')
      returning * into new_rule;
    perform fettle.note_rule(new_rule, 'paused', actor, reason);
    update fettle.permit p set released = true from fettle.instance i
      where the_kind = 'pause' and i.slot = p.slot and i.id = p.instance and fettle.selects(new_rule, 'pause', i.machine, i.key, i.labels);
    perform pg_notify('fettle', '');
    return next new_rule;
  end
  $function$;

  -- Plans are made while a table is all but empty and are kept, so those of functions must not read whole tables.
  -- Puts a signal or a command into the inbox of a run that is not done. Returns the run, or nothing.
  -- Signals beyond the bound are refused, so that they do not pile up; a person's command never is.
  create function fettle.send_to(
    the_slot int, the_machine text, the_key text, the_kind text, the_name text, the_payload text, actor text, reason text
  ) returns table (instance bigint, instance_run int)
  language plpgsql set enable_seqscan = off as $function$
  begin
    insert into fettle.inbox as b (slot, instance, run, kind, name, payload, by, why)
    select the_slot, i.id, i.run, the_kind, the_name, the_payload, actor, reason
    from fettle.instance i
    where i.slot = the_slot and i.machine = the_machine and i.key = the_key and i.status <> 'done'
      and (the_kind <> 'signal' or not exists (select from fettle.inbox w where w.slot = the_slot and w.instance = i.id offset 9999))
    returning b.instance, b.run into instance, instance_run;
    if found then
      perform fettle.wake(the_slot / 64);
      return next;
    elsif exists (
      select from fettle.instance i where i.slot = the_slot and i.machine = the_machine and i.key = the_key and i.status <> 'done'
    ) then
      raise exception using errcode = 'FT009', detail = 'INBOX_FULL',
        message = format('Cannot send %s to %s %s: 10000 messages wait there already', the_name, the_machine, the_key),
        hint = 'Send it later, and see why nothing takes them: fettle show ' || the_key;
    end if;
  end
  $function$;
`;
