import type { Spawned } from "./change.ts";
import type { Session } from "./session.ts";
import { slotOf } from "./slot.ts";

export interface Start extends Omit<Spawned, "slot"> {
  /** Whether a key whose last run is done starts again. */
  readonly again: boolean;
  readonly by: string;
  readonly why: string;
}

/** Starts a run, or says `kept` when somebody else's is there. */
export async function startRun(session: Session, start: Start): Promise<{ run: number; answer: "started" | "kept" }> {
  const [row] = await session.query<{ run: number; answer: "started" | "kept" }>(
    `select instance_run as run, answer from fettle.start_run(
       $1::int, $2, $3, $4::int, $5, $6, $7::jsonb, $8::bool, $9::jsonb, null, null, $10, $11)`,
    [
      slotOf(start.machine, start.key),
      start.machine,
      start.key,
      start.version,
      start.state,
      start.data,
      JSON.stringify(start.labels),
      start.again,
      JSON.stringify(start.deadlines),
      start.by,
      start.why,
    ],
  );
  if (!row) throw new Error(`BUG: start_run of ${start.machine} ${start.key} returned nothing`);
  return row;
}

/** Whether that run is not done. */
export async function isRunning(
  session: Session,
  { machine, key, run }: Pick<Start, "machine" | "key"> & { run: number },
): Promise<boolean> {
  const rows = await session.query<{ run: number }>(
    "select run from fettle.instance where slot = $1::int and machine = $2 and key = $3 and run = $4::int and status <> 'done'",
    [slotOf(machine, key), machine, key, run],
  );
  return rows.length > 0;
}
