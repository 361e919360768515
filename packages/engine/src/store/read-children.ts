import type { Child } from "../machine/it.ts";
import type { Session } from "./session.ts";

/** The instances that a run has spawned, oldest first. */
export async function readChildren(session: Session, parent: number, run: number): Promise<Child[]> {
  const rows = await session.query<Omit<Child, "result"> & { result: string | null }>(
    `select machine, key, run, state, status, result from fettle.instance
     where parent = $1::bigint and parent_run = $2::int order by started, id`,
    [parent, run],
  );
  return rows.map((row) => ({ ...row, result: row.result === null ? null : JSON.parse(row.result) }));
}
