import { numberColumn } from "./arrays.ts";
import type { InboxRow } from "./change.ts";
import type { Lease } from "./commit.ts";
import { heldLeases } from "./commit-fence.ts";
import type { Session, Statement } from "./session.ts";
import { spansOf } from "./spans.ts";

export interface Arrival {
  readonly id: number;
  readonly instance: number;
  readonly kind: InboxRow["kind"];
}

/** At most this many at once. */
export const mostArrivals = 10_000;

/** The messages for instances of the ranges that are not in `known`. The primary key starts with the slot, so only those ranges are read. */
export function readInbox(session: Session, ranges: readonly number[], known: readonly number[]): Promise<Arrival[]> {
  const spans = spansOf(ranges);
  return session.run(arrivals, [
    numberColumn(spans, (span) => span.first) ?? "{}",
    numberColumn(spans, (span) => span.last) ?? "{}",
    numberColumn(known, (id) => id) ?? "{}",
  ]);
}

// Not by `<> all`: what is known may be many, and that compares each with each. Not in order: that would sort all for each part of a flood.
// Not with what their instances are: those are read anyway, to be run.
const arrivals: Statement = {
  name: "fettle_inbox",
  text: `with waiting as (
      select b.id, b.instance, b.kind from unnest($1::text::int[], $2::text::int[]) as s (first, last)
      join fettle.inbox b on b.slot between s.first * 64 and s.last * 64 + 63 and b.kind not in ('created', 'signal', 'child')
      where not exists (select from unnest($3::text::bigint[]) as k (id) where k.id = b.id)
    ), called as (
      select b.id, b.instance, b.kind from unnest($1::text::int[], $2::text::int[]) as s (first, last)
      join fettle.inbox b on b.slot between s.first * 64 and s.last * 64 + 63 and b.kind in ('created', 'signal', 'child')
      where not exists (select from unnest($3::text::bigint[]) as k (id) where k.id = b.id) limit ${mostArrivals}
    )
    select b.id::float8 as id, b.instance::float8 as instance, b.kind from (select * from waiting union all select * from called) b`,
};

/**
 * Deletes what says only that instances of the ranges are new, before their schedule is read, where they all are. Not of a range that
 * is another's by now, who may have read the schedule before them.
 */
export async function dropCreated(session: Session, leases: readonly Lease[]): Promise<void> {
  const columns = [numberColumn(leases, (lease) => lease.range), numberColumn(leases, (lease) => lease.epoch), leases[0]?.owner];
  for (let dropped = mostDropped; dropped === mostDropped; ) {
    const [row] = await session.run<{ dropped: number }>(dropNew, columns);
    dropped = row?.dropped ?? 0;
  }
}

/** At once: a worker that was away for long finds millions, and no statement may outlast the patience with it. */
const mostDropped = 100_000;

const dropNew: Statement = {
  name: "fettle_drop_created",
  text: `with fence as materialized (${heldLeases}), gone as (
      delete from fettle.inbox where ctid = any (array(
        select b.ctid from fence f
        join fettle.inbox b on b.slot between f.range * 64 and f.range * 64 + 63 and b.kind = 'created' limit ${mostDropped}
      )) returning 1
    )
    select count(*)::int as dropped from gone`,
};

/**
 * Deletes messages that have nothing more to say: to a run that is done, or that an instance is new, which whoever takes its range
 * reads in the schedule. Those of a range that is another's by now are left for the other, who may have read the schedule before the instance was there.
 */
export async function dropSpent(
  session: Session,
  leases: readonly Lease[],
  spent: readonly Pick<Arrival, "id" | "instance">[],
): Promise<void> {
  await session.run(drop, [
    numberColumn(leases, (lease) => lease.range),
    numberColumn(leases, (lease) => lease.epoch),
    leases[0]?.owner,
    numberColumn(spent, (message) => message.instance),
    numberColumn(spent, (message) => message.id),
  ]);
}

const drop: Statement = {
  name: "fettle_drop_spent",
  text: `with fence as materialized (${heldLeases})
    delete from fettle.inbox b using unnest($4::text::bigint[], $5::text::bigint[]) as u (instance, id)
    where b.slot = (u.instance & 4095)::int and b.instance = u.instance and b.id = u.id and b.slot / 64 in (select range from fence)`,
};
