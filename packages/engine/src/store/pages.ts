import type { Delivery, Page } from "../client/page.ts";
import { instant, instantOrNull } from "./instant.ts";
import { nextCall } from "./next-call.ts";
import type { DeliveryRow, PageRow } from "./page-row.ts";
import type { Session } from "./session.ts";
import { readWays, type WayRow } from "./ways.ts";

const columns = `id::float8 as id, token::text as token, cause, severity, say, machine, key, count, victims, round,
  suppressed_by::float8 as "suppressedBy",
  extract(epoch from opened)::float8 * 1000 as opened, extract(epoch from last)::float8 * 1000 as last,
  extract(epoch from called)::float8 * 1000 as called,
  extract(epoch from acknowledged)::float8 * 1000 as acknowledged, acknowledged_by as by, note,
  extract(epoch from resolved)::float8 * 1000 as resolved`;

/** Open pages, those that nobody has acknowledged first; with `all`, the newest 500 of any. */
export async function readPages(session: Session, all: boolean): Promise<Page[]> {
  const rows = await session.query<PageRow>(
    `select ${columns} from fettle.page where $1::bool or resolved is null
     order by resolved is not null, acknowledged is not null, opened desc limit 500`,
    [all],
  );
  return whole(session, rows);
}

/** The pages of these ids that are there, in no order. */
export async function readPagesById(session: Session, ids: readonly number[]): Promise<Page[]> {
  return whole(session, await session.query<PageRow>(`select ${columns} from fettle.page where id = any ($1::bigint[])`, [ids]));
}

/**
 * Acknowledges an open page, which ends its calls and tells those who were called; null when there is none of that id.
 * What was only told to a person needs nobody after that.
 */
export async function acknowledgePage(session: Session, id: number, by: string, note: string): Promise<Page | null> {
  const rows = await session.query<PageRow>(
    `with before as (
       select id, acknowledged is null as is_first from fettle.page where id = $1::bigint and resolved is null for update
     ), taken as (
       update fettle.page p set acknowledged = coalesce(acknowledged, clock_timestamp()), acknowledged_by = $2, note = $3, next = null,
         acknowledged_victims = (select count(*) from fettle.attention a where a.cause = p.cause)
       from before where p.id = before.id returning p.*
     ), heard as (
       delete from fettle.attention a using taken t where a.cause = t.cause and a.kind = 'told'
     ), ended as (
       update fettle.delivery d set due = null from taken t where d.page = t.id and d.act in ('open', 'repeat') and d.due is not null
     ), told as (
       insert into fettle.delivery (page, round, via, act)
       select distinct t.id, t.round, d.via, 'acknowledge' from taken t join before b using (id) join fettle.delivery d on d.page = t.id
       join fettle.way w on w.name = d.via and 'acknowledge' = any (w.hears)
       where b.is_first and d.act in ('open', 'repeat') and (d.delivered is not null or d.attempts > d.failures)
     )
     select ${columns} from taken`,
    [id, by, note],
  );
  const [page] = await whole(session, rows);
  return page ?? null;
}

async function whole(session: Session, rows: readonly PageRow[]): Promise<Page[]> {
  if (rows.length === 0) return [];
  const [deliveries, ways] = await Promise.all([readDeliveries(session, rows), readWays(session)]);
  return rows.map((row) => page(row, deliveries.get(row.id) ?? [], ways));
}

async function readDeliveries(session: Session, pages: readonly PageRow[]): Promise<ReadonlyMap<number, DeliveryRow[]>> {
  const rows = await session.query<DeliveryRow>(
    `select d.* from unnest($1::bigint[]) as p (id) cross join lateral (
       select page::float8 as page, via, act, round, extract(epoch from at)::float8 * 1000 as at, attempts, error,
         extract(epoch from delivered)::float8 * 1000 as delivered, extract(epoch from due)::float8 * 1000 as due
       from fettle.delivery where page = p.id order by id desc limit 50
     ) d`,
    [pages.map(({ id }) => id)],
  );
  return Map.groupBy(rows, (row) => row.page);
}

function page(row: PageRow, deliveries: readonly DeliveryRow[], ways: readonly WayRow[]): Page {
  const { by, note, acknowledged, resolved, opened, last, called, ...same } = row;
  return {
    ...same,
    opened: instant(opened),
    last: instant(last),
    acknowledged: acknowledged === null ? null : { at: instant(acknowledged), by: by ?? "", note: note ?? "" },
    resolved: instantOrNull(resolved),
    next: nextCall(row, deliveries, ways),
    deliveries: deliveries.map(delivery),
  };
}

function delivery({ via, act, round, at, attempts, delivered, due, error }: DeliveryRow): Delivery {
  return { via, act, round, at: instant(at), attempts, delivered: instantOrNull(delivered), due: instantOrNull(due), error };
}
