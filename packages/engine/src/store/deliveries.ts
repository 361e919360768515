import type { Act, Page } from "../client/page.ts";
import { readPagesById } from "./pages.ts";
import type { Session } from "./session.ts";

export interface Claimed {
  readonly id: number;
  readonly page: Page;
  readonly via: string;
  readonly act: Act;
  readonly round: number;
  readonly attempts: number;
}

/**
 * Takes deliveries that are due through these ways, for as long as `patience` milliseconds: one that is not settled by then is due again,
 * so that the death of a worker loses nothing, and costs at most a second delivery of the same page.
 */
export async function claimDeliveries(session: Session, ways: readonly string[], most: number, patience: number): Promise<Claimed[]> {
  const rows = await session.query<Omit<Claimed, "page"> & { readonly page: number }>(
    `update fettle.delivery d set due = clock_timestamp() + $3::float8 * interval '1 millisecond', attempts = d.attempts + 1
     from (
       select id from fettle.delivery where due <= clock_timestamp() and via = any ($1::text[]) order by due limit $2::int for update skip locked
     ) c
     where d.id = c.id
     returning d.id::float8 as id, d.page::float8 as page, d.via, d.act, d.round, d.attempts`,
    [ways, most, patience],
  );
  if (rows.length === 0) return [];
  const pages = new Map(
    (
      await readPagesById(
        session,
        rows.map((row) => row.page),
      )
    ).map((page) => [page.id, page]),
  );
  return rows.flatMap((row) => {
    const page = pages.get(row.page);
    return page ? [{ ...row, page }] : [];
  });
}

/** A way took it. One that was called about a page which was resolved meanwhile is told of that too. */
export async function settleDelivered(session: Session, id: number): Promise<void> {
  await session.query(
    `with done as (
       update fettle.delivery set delivered = clock_timestamp(), due = null, error = null where id = $1::bigint returning *
     ), works as (
       update fettle.way w set worked = clock_timestamp(), failing = null from done d where w.name = d.via
     ), calmed as (
       delete from fettle.attention a using done d where a.slot = 0 and a.instance = 0 and a.cause = 'delivery:' || d.via
     )
     insert into fettle.delivery (page, round, via, act)
     select d.page, p.round, d.via, 'resolve' from done d join fettle.page p on p.id = d.page
     join fettle.way w on w.name = d.via and 'resolve' = any (w.hears)
     where d.act in ('open', 'repeat') and p.resolved is not null
       and not exists (select from fettle.delivery r where r.page = d.page and r.via = d.via and r.act = 'resolve')`,
    [id],
  );
}

/**
 * A way did not take it: it is due again after a while that doubles from 5 seconds to 5 minutes. What calls a person is tried for as long
 * as it may; what tells how it went on, for a day; a test, five times.
 */
export async function settleFailed(session: Session, id: number, error: string): Promise<void> {
  await session.query(
    `with failed as (
       update fettle.delivery set failures = failures + 1, error = $2, due = case
         when due is null or act = 'test' and attempts >= 5 or act in ('acknowledge', 'resolve') and at < clock_timestamp() - interval '1 day' then null
         else clock_timestamp() + least(300, 5 * 2 ^ least(attempts - 1, 10)) * (0.75 + random() / 2) * interval '1 second' end
       where id = $1::bigint and delivered is null returning via
     )
     update fettle.way w set failing = coalesce(w.failing, clock_timestamp()) from failed f where w.name = f.via`,
    [id, error],
  );
}

/** The worker stops before the way has answered: another one tries at once. Whether it was delivered, nobody knows. */
export async function releaseDelivery(session: Session, id: number): Promise<void> {
  await session.query(
    "update fettle.delivery set due = clock_timestamp() where id = $1::bigint and delivered is null and due is not null",
    [id],
  );
}
