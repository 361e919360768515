/**
 * What callers use inside their own transactions, documented in docs/reference/sql.md. Both run with the rights of the schema's
 * owner, so that a caller needs none on the tables; every name is whole, so that no search path of the caller's matters.
 * A refusal has the code as its detail and the fix as its hint.
 */
export const callers1 = `
  -- What each worker that starts knows. The newest version is kept.
  create table fettle.machine (
    name text primary key,
    version int not null,
    start text not null,
    -- Those that the start of a run arms.
    deadlines jsonb not null,
    signals text[] not null
  );

  -- The same as slotOf in slot.ts, in a database of UTF-8. Of immutable functions only, so that it is part of whatever calls it.
  create function fettle.slot_of(machine text, key text) returns int
  language sql immutable parallel safe
  return ('x' || left(md5(machine || ' ' || key), 3))::bit(12)::int;

  create function fettle.known_machine(the_name text) returns fettle.machine
  language plpgsql stable as $function$
  declare
    known fettle.machine;
  begin
    select * into known from fettle.machine m where m.name = the_name;
    if found then return known; end if;
    raise exception using errcode = 'FT001', detail = 'NO_SUCH_MACHINE',
      message = format('Cannot find the machine %s: no worker that knows it has ever started on this store', the_name),
      hint = 'Start fettle up with it; known are: '
        || coalesce((select string_agg(m.name, ', ' order by m.name) from fettle.machine m), 'none');
  end
  $function$;

  -- Starts a run, in the caller's transaction. Returns the number of the run, of one that was kept too.
  create function fettle.start(
    machine text, key text, data jsonb default '{}', labels jsonb default '{}',
    if_running text default 'refuse', if_done text default 'again', why text default ''
  ) returns int
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $function$
  declare
    known fettle.machine := fettle.known_machine(machine);
    begun record;
  begin
    if key is null or length(key) not between 1 and 200 or key ~ '^\\s|\\s$|[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]' then
      raise exception using errcode = 'FT002', detail = 'BAD_KEY', message = format('Cannot use %s as a key', quote_nullable(key)),
        hint = 'Use 1 to 200 characters without control characters, and no space at either end';
    end if;
    if data is null or jsonb_typeof(data) <> 'object' or octet_length(data::text) > 1048576 then
      raise exception using errcode = 'FT003', detail = 'BAD_DATA',
        message = format('Cannot start %s %s: its data is not an object of at most 1 MiB', machine, key), hint = 'Give a JSON object';
    end if;
    if labels is null or jsonb_typeof(labels) <> 'object' or exists (
      select from jsonb_each(labels) l where jsonb_typeof(l.value) <> 'string' or l.key !~ '^[A-Za-z0-9_./-]{1,63}$'
        or length(l.value #>> '{}') > 200 or l.value #>> '{}' ~ '[\\x01-\\x1f\\x7f-\\x9f]'
    ) then
      raise exception using errcode = 'FT004', detail = 'BAD_LABEL', message = format('Cannot start %s %s with the labels %s', machine, key, labels),
        hint = 'Give an object of texts; names hold letters, digits, and . _ / -';
    end if;
    if if_running not in ('refuse', 'keep') or if_done not in ('again', 'keep') then
      raise exception using errcode = 'FT005', detail = 'USAGE', message = format('Cannot start %s %s with if_running %s and if_done %s', machine, key, if_running, if_done),
        hint = 'if_running is refuse or keep, if_done is again or keep';
    end if;

    select r.instance_run, r.answer into begun from fettle.start_run(
      fettle.slot_of(machine, key), machine, key, known.version, known.start, data::text, labels, if_done = 'again', known.deadlines,
      null, null, session_user, coalesce(why, '')
    ) as r;
    if begun.answer = 'kept' and if_running = 'refuse' and exists (
      select from fettle.instance i where i.slot = fettle.slot_of(start.machine, start.key)
        and i.machine = start.machine and i.key = start.key and i.status <> 'done'
    ) then
      raise exception using errcode = 'FT006', detail = 'ALREADY_RUNNING',
        message = format('Cannot start %s %s: its run %s is not done', machine, key, begun.instance_run),
        hint = 'Let it end, or pass if_running => ''keep'' when one is enough';
    end if;
    return begun.instance_run;
  end
  $function$;

  -- Sends a signal, in the caller's transaction. False when nothing runs under that key: then nothing was sent.
  -- Callers wait for it, so that what nearly every call needs is one statement, and what is wrong is found out step by step after it.
  create function fettle.signal(machine text, key text, name text, payload jsonb default null, why text default '') returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $function$
  declare
    known fettle.machine;
    somebody_sleeps boolean;
  begin
    insert into fettle.inbox (slot, instance, run, kind, name, payload, by, why)
    select i.slot, i.id, i.run, 'signal', signal.name, payload::text, session_user, coalesce(signal.why, '')
    from fettle.machine m join fettle.instance i on i.machine = m.name
    where m.name = signal.machine and signal.name = any (m.signals) and (payload is null or octet_length(payload::text) <= 1048576)
      and i.slot = fettle.slot_of(signal.machine, signal.key) and i.key = signal.key and i.status <> 'done'
      and not exists (select from fettle.inbox w where w.slot = i.slot and w.instance = i.id offset 9999)
    returning exists (select from fettle.worker w where w.asleep) into somebody_sleeps;
    if found then
      if somebody_sleeps then
        perform fettle.wake(fettle.slot_of(machine, key) / 64);
      end if;
      return true;
    end if;

    known := fettle.known_machine(machine);
    if name is null or name <> all (known.signals) then
      raise exception using errcode = 'FT007', detail = 'NO_SUCH_SIGNAL', message = format('Cannot send %s: %s takes no such signal', name, machine),
        hint = 'Send ' || coalesce(nullif(array_to_string(known.signals, ' or '), ''), 'none: it takes no signal');
    end if;
    if octet_length(payload::text) > 1048576 then
      raise exception using errcode = 'FT008', detail = 'BAD_SIGNAL', message = format('Cannot send %s to %s %s: its payload is over 1 MiB', name, machine, key),
        hint = 'Send a reference to what is that large';
    end if;
    perform fettle.send_to(fettle.slot_of(machine, key), machine, key, 'signal', name, payload::text, session_user, coalesce(why, ''));
    return found;
  end
  $function$;

  -- Functions are everybody's unless it is said otherwise.
  revoke all on all functions in schema fettle from public;
`;
