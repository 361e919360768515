import type { Session } from "./session.ts";

/** A worker is a fresh uuid, never a host name: a name can come back with other memories. */
export async function registerWorker(session: Session, worker: { id: string; host: string; pid: number; lease: number }): Promise<void> {
  await session.query(
    `insert into fettle.worker (id, host, pid, expires)
     values ($1::uuid, $2, $3::int, clock_timestamp() + $4::float8 * interval '1 millisecond')`,
    [worker.id, worker.host, worker.pid, worker.lease],
  );
}

/** The database's clock in milliseconds since 1970, or null when the lease has ended: an ended one is never renewed. */
export async function renewWorker(session: Session, id: string, lease: number): Promise<number | null> {
  const [row] = await session.query<{ now: number }>(
    `update fettle.worker set expires = clock_timestamp() + $2::float8 * interval '1 millisecond'
     where id = $1::uuid and expires > clock_timestamp()
     returning extract(epoch from clock_timestamp())::float8 * 1000 as now`,
    [id, lease],
  );
  return row?.now ?? null;
}

/** Whether who sends it a message tells it by NOTIFY, or leaves that to the worker, which looks by itself. */
export async function markWorker(session: Session, id: string, mark: "asleep" | "awake"): Promise<void> {
  await session.query("update fettle.worker set asleep = $2 where id = $1::uuid", [id, mark === "asleep"]);
}

/** Removes workers whose lease has ended, and counts those that live. A renewal and this never both win: they lock the same row. */
export async function reapWorkers(session: Session): Promise<number> {
  const [row] = await session.query<{ alive: number }>(
    `with dead as (delete from fettle.worker where expires < clock_timestamp())
     select count(*)::int as alive from fettle.worker where expires >= clock_timestamp()`,
    [],
  );
  return row?.alive ?? 0;
}

/** A worker that stopped: its ranges are free at once. */
export async function unregisterWorker(session: Session, id: string): Promise<void> {
  await session.query("delete from fettle.worker where id = $1::uuid", [id]);
}

/** For the embedded store, whose folder one process holds: every worker of before is dead. */
export async function forgetWorkers(session: Session): Promise<void> {
  await session.query("delete from fettle.worker", []);
}
