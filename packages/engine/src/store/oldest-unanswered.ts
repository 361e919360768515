import type { Session } from "./session.ts";

/**
 * For how long (milliseconds) a start, a retry or a child's end has waited for the first commit of who must answer it; 0 when none waits.
 * A signal may wait for months, until a handler wants it.
 */
export async function oldestUnanswered(session: Session): Promise<number> {
  const [row] = await session.query<{ age: number | null }>(
    `select extract(epoch from clock_timestamp() - min(b.at))::float8 * 1000 as age
     from fettle.inbox b join fettle.instance i on i.slot = b.slot and i.id = b.instance
     where b.kind <> 'signal' and (i.status = 'running' or b.kind = 'retry')`,
    [],
  );
  return row?.age ?? 0;
}
