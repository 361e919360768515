import type { LivingInstance } from "../client/client.ts";
import type { Session } from "./session.ts";

/** So many are read at a time: a few megabytes. */
const most = 5000;

/** Instances that are not done, by their ids from the one after `after`: an empty list when there are no more. */
export async function readLiving(session: Session, after: number): Promise<LivingInstance[]> {
  const rows = await session.query<Omit<LivingInstance, "data"> & { data: string }>(
    `select id::float8 as id, machine, key, version, state, data from fettle.instance
     where id > $1::bigint and status <> 'done' order by id limit $2::int`,
    [after, most],
  );
  return rows.map((row) => ({ ...row, data: JSON.parse(row.data) }));
}
