import type { Page } from "../client/client.ts";
import type { Session } from "./session.ts";

interface Raw {
  readonly id: number;
  readonly cause: string;
  readonly severity: Page["severity"];
  readonly say: string;
  readonly machine: string;
  readonly key: string;
  readonly count: number;
  readonly opened: number;
  readonly last: number;
  readonly acknowledged: number | null;
  readonly by: string | null;
  readonly note: string | null;
  readonly resolved: number | null;
}

const columns = `id::float8 as id, cause, severity, say, machine, key, count,
  extract(epoch from opened)::float8 * 1000 as opened, extract(epoch from last)::float8 * 1000 as last,
  extract(epoch from acknowledged)::float8 * 1000 as acknowledged, acknowledged_by as by, note,
  extract(epoch from resolved)::float8 * 1000 as resolved`;

/** Open pages, those that nobody has acknowledged first; with `all`, the newest 500 of any. */
export async function readPages(session: Session, all: boolean): Promise<Page[]> {
  const rows = await session.query<Raw>(
    `select ${columns} from fettle.page where $1::bool or resolved is null
     order by resolved is not null, acknowledged is not null, opened desc limit 500`,
    [all],
  );
  return rows.map(page);
}

/** Pages that no pager has taken yet and that the owner of these ranges delivers; not those whose every instance a silence covers. */
export async function undeliveredPages(session: Session, ranges: readonly number[]): Promise<Page[]> {
  const rows = await session.query<Raw>(
    `select ${columns} from fettle.page p
     where delivered is null and resolved is null and (id % 64)::int = any ($1::int[])
       and (not exists (select from fettle.rule r where r.kind = 'silence' and r.ended is null) or exists (
         select from fettle.attention a left join fettle.instance i on i.slot = a.slot and i.id = a.instance
         where a.cause = p.cause
           and not exists (select from fettle.rule r where fettle.selects(r, 'silence', a.machine, a.key, coalesce(i.labels, '{}')))
       ))
     order by id limit 100`,
    [ranges],
  );
  return rows.map(page);
}

export async function markDelivered(session: Session, id: number): Promise<void> {
  await session.query("update fettle.page set delivered = clock_timestamp() where id = $1::bigint", [id]);
}

/** Acknowledges an open page; null when there is none of that id. What was only told to a person needs nobody after that. */
export async function acknowledgePage(session: Session, id: number, by: string, note: string): Promise<Page | null> {
  const [row] = await session.query<Raw>(
    `with taken as (
       update fettle.page set acknowledged = coalesce(acknowledged, clock_timestamp()), acknowledged_by = $2, note = $3
       where id = $1::bigint and resolved is null returning *
     ), heard as (
       delete from fettle.attention a using taken t where a.cause = t.cause and a.kind = 'told'
     )
     select ${columns} from taken`,
    [id, by, note],
  );
  return row ? page(row) : null;
}

function page(row: Raw): Page {
  const { by, note, acknowledged, resolved, opened, last, ...same } = row;
  return {
    ...same,
    opened: instant(opened),
    last: instant(last),
    acknowledged: acknowledged === null ? null : { at: instant(acknowledged), by: by ?? "", note: note ?? "" },
    resolved: resolved === null ? null : instant(resolved),
  };
}

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
