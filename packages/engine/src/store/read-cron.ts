import type { CronWait } from "./change.ts";
import type { Session } from "./session.ts";

/** The time that this visit to a state waits for by a cron; undefined where it does not. */
export async function readCron(
  session: Session,
  id: number,
  run: number,
  step: number,
): Promise<Pick<CronWait, "at" | "missed"> | undefined> {
  const [row] = await session.query<Pick<CronWait, "at" | "missed">>(
    `select extract(epoch from at)::float8 * 1000 as at, missed from fettle.cron
     where slot = ($1::bigint & 4095)::int and instance = $1::bigint and run = $2::int and step = $3::int`,
    [id, run, step],
  );
  return row;
}
