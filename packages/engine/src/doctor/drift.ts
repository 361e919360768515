import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbedded } from "../store/embedded.ts";
import type { Session } from "../store/session.ts";

/** A part of the schema: what it is, the SQL that makes it where it is missing, and the SQL that changes it where it is another. */
interface Part {
  readonly name: string;
  readonly makes: string;
  readonly changes: string;
}

/**
 * Compares the schema with one made afresh, and gives the SQL that brings back what is missing or changed. Partitions and what others have
 * added are left alone.
 */
export async function checkDrift(session: Session) {
  const folder = await mkdtemp(join(tmpdir(), "fettle-doctor-"));
  try {
    await using fresh = await openEmbedded(folder);
    const [wanted, present] = [await readParts(fresh.reads), await readParts(session)];
    const [version] = await session.query<{ version: number }>("select max(version) as version from fettle.migration", []);
    const off = differences(wanted, present);
    if (off.length === 0) return { verdict: "ok", say: `The schema is version ${version?.version}, as this fettle makes it` } as const;
    return {
      verdict: "fail",
      say: `The schema differs from what this fettle makes: ${off.map(({ name }) => name).join(", ")}`,
      fix: off.map(({ sql }) => sql).join("\n"),
    } as const;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function differences(wanted: readonly Part[], present: readonly Part[]): readonly { readonly name: string; readonly sql: string }[] {
  const there = new Map(present.map((part) => [part.name, part.makes]));
  return wanted
    .filter((part) => there.get(part.name) !== part.makes)
    .map(({ name, makes, changes }) => ({ name, sql: there.has(name) ? changes : makes }));
}

/** Columns, indexes and functions; an index of a unique constraint is one too. */
function readParts(session: Session): Promise<Part[]> {
  return session.query(
    `select 'column ' || a.attrelid::regclass || '.' || a.attname as name,
       format('alter table %s add column %I %s%s%s;', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
         ' default ' || pg_get_expr(d.adbin, d.adrelid), case when a.attnotnull then ' not null' end) as makes,
       format('alter table %s alter column %I type %s;', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod)) as changes
     from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where c.relnamespace = 'fettle'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
     union all
     select 'index ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid) || ';',
       format('drop index %s; %s;', i.indexrelid::regclass, pg_get_indexdef(i.indexrelid))
     from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = 'fettle'::regnamespace and not c.relispartition
     union all
     select 'function ' || p.oid::regprocedure, pg_get_functiondef(p.oid) || ';', pg_get_functiondef(p.oid) || ';'
     from pg_proc p where p.pronamespace = 'fettle'::regnamespace
     order by 1`,
    [],
  );
}
