import type { Lease } from "./commit.ts";
import type { Session } from "./session.ts";

/** Takes up to `most` ranges whose owner is gone, each with a new epoch. One that a commit holds locked is left for the next time. */
export async function takeRanges(session: Session, owner: string, most: number): Promise<Lease[]> {
  const rows = await session.query<{ range: number; epoch: number }>(
    `update fettle.lease l set owner = $1::uuid, epoch = l.epoch + 1
     from (
       select range from fettle.lease f
       where not exists (select from fettle.worker w where w.id = f.owner)
       order by range limit $2 for no key update skip locked
     ) free
     where l.range = free.range and exists (select from fettle.worker w where w.id = $1::uuid and w.expires > clock_timestamp())
     returning l.range, l.epoch::float8 as epoch`,
    [owner, most],
  );
  return rows.map((row) => ({ ...row, owner }));
}

/**
 * Takes a range again under a new epoch, after a commit whose answer was lost. This waits for that commit where it still runs,
 * and makes it void where it has not begun, so that what is read afterwards is the truth. Null when it is another's by now.
 */
export async function retakeRange(session: Session, lease: Lease): Promise<Lease | null> {
  const [row] = await session.query<{ epoch: number }>(
    `update fettle.lease set epoch = epoch + 1 where range = $1 and owner = $2::uuid
     and exists (select from fettle.worker w where w.id = $2::uuid and w.expires > clock_timestamp())
     returning epoch::float8 as epoch`,
    [lease.range, lease.owner],
  );
  return row ? { ...lease, epoch: row.epoch } : null;
}

/** Gives back leases for others to take at once: those and no later ones of the same ranges, however late this is done. */
export async function giveBackRanges(session: Session, leases: readonly Lease[]): Promise<void> {
  await session.query(
    `update fettle.lease g set owner = null from unnest($1::int[], $2::bigint[]) as u (range, epoch)
     where g.range = u.range and g.epoch = u.epoch and g.owner = $3::uuid`,
    [leases.map(({ range }) => range), leases.map(({ epoch }) => epoch), leases[0]?.owner],
  );
}

/** What the store says that this worker leases. */
export function ownLeases(session: Session, owner: string): Promise<Lease[]> {
  return session.query("select range, epoch::float8 as epoch, owner::text as owner from fettle.lease where owner = $1::uuid", [owner]);
}
