import type { Change, InstanceRow } from "../store/change.ts";
import { commit } from "../store/commit.ts";
import { ownLeases } from "../store/lease-ranges.ts";
import { readInstances } from "../store/read-instances.ts";
import type { Session } from "../store/session.ts";
import { rangeOfId } from "../store/slot.ts";
import { stuck } from "./conclude.ts";

/** A suspect that was there each time, this often, is the culprit. */
const mostStrikes = 3;

/**
 * Counts a failed attempt against the instances whose handlers may have blocked the event loop. The culprit, where it is certain
 * or was there often enough, is stuck, so that it does not take down one worker after another. Returns what it did, as a sentence.
 */
export async function strike(
  session: Session,
  owner: string,
  ids: readonly number[],
  isCertain: boolean,
  seconds: number,
): Promise<string> {
  const rows = (await readInstances(session, ids)).filter((row) => row.status === "running");
  const leases = await ownLeases(session, owner);
  const own = rows.filter((row) => leases.some((lease) => lease.range === rangeOfId(row.id)));
  const concerned = leases.filter((lease) => own.some((row) => lease.range === rangeOfId(row.id)));
  const isCulprit = (row: InstanceRow) => isCertain || row.attempt + 1 >= mostStrikes;
  if (own.length > 0)
    await commit(
      session,
      concerned,
      own.map((row) => struck(row, isCulprit(row), seconds)),
    );
  const named = own.map((row) => `${row.machine} ${row.key} in ${row.state}`);
  return `The event loop was blocked for ${seconds}s by ${isCertain ? "" : "one of: "}${named.join(", ") || "no handler that is known"}`;
}

function struck(row: InstanceRow, isCulprit: boolean, seconds: number): Change {
  const failure = {
    code: "HANDLER_BLOCKED",
    message: `${row.state} of ${row.machine} ${row.key} blocked its worker's event loop for ${seconds}s, and the worker ended itself`,
    fix: "Look for an endless loop or long synchronous work in the handler",
  };
  const { change } = stuck(row, row, failure, {}, seconds * 1000);
  if (isCulprit) return change;
  return { ...change, status: "running", due: 0, history: change.history && { ...change.history, kind: "failed" }, effects: {} };
}
