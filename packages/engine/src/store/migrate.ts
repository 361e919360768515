import { FettleError } from "../error.ts";
import { schema1 } from "./schema-1.ts";
import { callers1 } from "./schema-1-callers.ts";
import { schemaGuards } from "./schema-guards.ts";
import { schemaRollout } from "./schema-rollout.ts";
import type { Session } from "./session.ts";

/** Each one leads from the version before it; they are never edited once released. */
const migrations = [`${schema1}${schemaGuards}${schemaRollout}${callers1}`];

/**
 * Brings the schema `fettle` up to the version of this code. Each migration is one transaction that holds an advisory lock,
 * so two processes that start at once run it once. Throws STORE_TOO_OLD, STORE_NOT_UTF8, SCHEMA_TOO_NEW, STORE_AWAY.
 */
export async function migrate(session: Session): Promise<void> {
  await refuseWrongServer(session);
  let present = await version(session);
  if (present > migrations.length) throw tooNew(present);
  while (present < migrations.length) {
    await session.query(step(present + 1, migrations[present] as string));
    present = await version(session);
  }
}

async function refuseWrongServer(session: Session): Promise<void> {
  const [server] = await session.query<{ version: number; said: string; encoding: string }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as said,
       current_setting('server_encoding') as encoding`,
    [],
  );
  if (!server || server.version < 150_000) {
    throw new FettleError("STORE_TOO_OLD", `Cannot use this Postgres as the store: it is ${server?.said}, and fettle needs 15 or later`, {
      fix: "Point DATABASE_URL at a Postgres of version 15 or later",
      retryable: false,
    });
  }
  if (server.encoding !== "UTF8") {
    throw new FettleError(
      "STORE_NOT_UTF8",
      `Cannot use this database as the store: its encoding is ${server.encoding}, and fettle needs UTF8`,
      {
        fix: "Point DATABASE_URL at a database made with: create database fettle encoding 'UTF8' template template0",
        retryable: false,
      },
    );
  }
}

async function version(session: Session): Promise<number> {
  const [table] = await session.query<{ there: boolean }>("select to_regclass('fettle.migration') is not null as there", []);
  if (!table?.there) return 0;
  const [last] = await session.query<{ version: number }>("select coalesce(max(version), 0)::int as version from fettle.migration", []);
  return last?.version ?? 0;
}

/** The number locks out everybody else who migrates; `if` skips what another process did while this one waited for the lock. */
function step(number: number, script: string): string {
  const quote = "$fettle_migration$";
  return `
    do $step$
    begin
      perform pg_advisory_xact_lock(770130);
      create schema if not exists fettle;
      create table if not exists fettle.migration (version int primary key, at timestamptz not null default clock_timestamp());
      if not exists (select from fettle.migration where version = ${number}) then
        execute ${quote}${script}${quote};
        insert into fettle.migration (version) values (${number});
      end if;
    end
    $step$;`;
}

function tooNew(present: number): FettleError {
  return new FettleError(
    "SCHEMA_TOO_NEW",
    `Cannot use this store: its schema is version ${present}, and this fettle knows ${migrations.length}`,
    {
      fix: "Use the newer fettle that wrote it; schemas only go forward",
      retryable: false,
    },
  );
}
