import { renewWorker } from "../store/register-worker.ts";
import type { Session } from "../store/session.ts";
import { monotonic, type Vitals } from "./vitals.ts";

/** Renews a worker's lease, of so many milliseconds, and sets its clock by the answer. False when the lease has ended: it never comes back. */
export async function renewLease(session: Session, worker: string, lease: number, vitals: Vitals): Promise<boolean> {
  const sent = monotonic();
  const databaseNow = await renewWorker(session, worker, lease);
  if (databaseNow === null) return false;
  vitals.leasedUntil = sent + BigInt(lease) * 1_000_000n;
  // The answer was made between sending and now; the middle is off by half of the way at most.
  vitals.offset = databaseNow - Number(sent + monotonic()) / 2e6;
  return true;
}
