import type { Session } from "./session.ts";

/**
 * Makes the partitions of the weeks to come, and drops those whose every entry is older than `keep` (milliseconds), and the members of
 * rollouts that ended before that. Refused with SQLSTATE 55P03 while somebody reads history: nothing is dropped then.
 */
export async function keepHistory(session: Session, keep: number): Promise<void> {
  await session.query("select fettle.add_history_weeks()", []);
  await session.query("select fettle.drop_history(now() - $1::float8 * interval '1 millisecond')", [keep]);
  await session.query(
    `delete from fettle.rollout_member m where not exists (
       select from fettle.instance i where i.id = m.rollout and i.run = m.rollout_run
         and (i.status <> 'done' or i.since > now() - $1::float8 * interval '1 millisecond')
     )`,
    [keep],
  );
}
