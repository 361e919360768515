/**
 * Makes the three roles that a database needs beside the schema's owner, or brings their rights up to date: run it as the owner, who must
 * be allowed to make roles. They cannot log in themselves; grant them to those who do.
 *
 * | role | may |
 * | --- | --- |
 * | fettle_caller | call fettle.start and fettle.signal, and nothing else |
 * | fettle_reader | read everything: `fettle ls`, `show`, the dashboard |
 * | fettle_worker | run a worker, and do what a person does. It does not own the schema, so the owner migrates |
 */
export const rolesScript = `do $$
declare
  wanted text;
begin
  foreach wanted in array array['fettle_caller', 'fettle_reader', 'fettle_worker'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I nologin', wanted);
    end if;
  end loop;
end
$$;

grant usage on schema fettle to fettle_caller, fettle_reader, fettle_worker;
grant execute on function fettle.start, fettle.signal to fettle_caller, fettle_worker;

grant select on all tables in schema fettle to fettle_reader;
alter default privileges in schema fettle grant select on tables to fettle_reader;

grant select, insert, update, delete on all tables in schema fettle to fettle_worker;
revoke insert, update, delete on fettle.migration from fettle_worker;
alter default privileges in schema fettle grant select, insert, update, delete on tables to fettle_worker;
grant usage on all sequences in schema fettle to fettle_worker;
grant execute on all functions in schema fettle to fettle_worker;
`;
