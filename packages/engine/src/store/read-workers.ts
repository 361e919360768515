import type { WorkerSummary } from "../client/client.ts";
import { instant } from "./instant.ts";
import type { Session } from "./session.ts";

/** The workers whose lease has not ended. */
export async function readWorkers(session: Session): Promise<WorkerSummary[]> {
  const rows = await session.query<Omit<WorkerSummary, "started" | "expires"> & { started: number; expires: number }>(
    `select w.id::text as id, w.host, w.pid, extract(epoch from w.started)::float8 * 1000 as started,
       extract(epoch from w.expires)::float8 * 1000 as expires,
       (select count(*) * 64 from fettle.lease l where l.owner = w.id)::int as slots
     from fettle.worker w where w.expires >= clock_timestamp() order by w.started`,
    [],
  );
  return rows.map((row) => ({ ...row, started: instant(row.started), expires: instant(row.expires) }));
}
