import type { Session } from "./session.ts";

/**
 * Resolves the open pages whose cause nothing has any more, and tells those who were called, if they can have been.
 * A page that was raised since it was last looked at is left alone: the attention list of this statement may be older than it.
 */
export async function resolvePages(session: Session): Promise<void> {
  await session.query(
    `with gone as (
       update fettle.page p set resolved = clock_timestamp(), next = null, suppressed_by = null, victims = 0
       where p.resolved is null and p.count = p.seen and not exists (select from fettle.attention a where a.cause = p.cause)
       returning p.id, p.round
     ), ended as (
       update fettle.delivery d set due = null from gone g where d.page = g.id and d.due is not null
     )
     insert into fettle.delivery (page, round, via, act)
     select distinct g.id, g.round, d.via, 'resolve' from gone g join fettle.delivery d on d.page = g.id
     join fettle.way w on w.name = d.via and 'resolve' = any (w.hears)
     where d.act in ('open', 'repeat') and (d.delivered is not null or d.attempts > d.failures)`,
    [],
  );
}

/** Pages are kept for 90 days after their end. */
export async function forgetPages(session: Session): Promise<void> {
  await session.query("delete from fettle.page where resolved < clock_timestamp() - interval '90 days'", []);
}
