import type { Wish } from "../policy/guard.ts";
import type { InstanceRow } from "./change.ts";
import type { Lease } from "./commit.ts";
import type { Session } from "./session.ts";
import { slotOfId } from "./slot.ts";

/** What the store answers to an instance that wants to enter a state. */
export type Verdict =
  | { readonly kind: "enter" }
  | { readonly kind: "held"; readonly guard: string; readonly say: string; readonly again: number }
  /** Its budget for the state is spent. */
  | { readonly kind: "spent" }
  /** Nobody has approved in time. */
  | { readonly kind: "unanswered" }
  /** The row is not what was read, or the lease is another's by now. */
  | { readonly kind: "lost" };

export interface Asked extends Wish {
  /** False for one that is in the state, and asks whether it may go on there. */
  readonly entering: boolean;
  readonly approved: boolean;
  /** A person moves it: only limits and breakers are asked. */
  readonly byPerson: boolean;
}

/**
 * Asks whether an instance may enter a state, and takes the permit for it. The permit is good for the commit of the row as it was read,
 * under this lease, and for as long as the instance stays in the state: see schema-guards.
 */
export async function admit(session: Session, lease: Lease, row: InstanceRow, asked: Asked): Promise<Verdict> {
  const [answer] = await session.query<{ verdict: Verdict["kind"]; guard: string; sentence: string; again: number }>(
    "select verdict, guard, sentence, again from fettle.admit($1::jsonb)",
    [
      JSON.stringify({
        ...asked,
        slot: slotOfId(row.id),
        instance: row.id,
        machine: row.machine,
        run: row.run,
        rev: row.rev,
        epoch: lease.epoch,
        owner: lease.owner,
      }),
    ],
  );
  if (!answer) throw new Error(`BUG: admit of ${row.machine} ${row.key} answered nothing`);
  const { verdict, guard, sentence, again } = answer;
  return verdict === "held" ? { kind: verdict, guard, say: sentence, again } : { kind: verdict };
}

/** Calls those who stand first in the line for the room that an instance has left. The first move up without it too, within seconds. */
export async function callNext(session: Session, { id }: Pick<InstanceRow, "id">): Promise<void> {
  await session.query("select fettle.call_next(($1::bigint & 4095)::int, $1::bigint)", [id]);
}

/** Gives up the place of an instance that does not want to enter any more. */
export async function leaveLine(session: Session, { id }: Pick<InstanceRow, "id">): Promise<void> {
  await session.query("delete from fettle.line where slot = ($1::bigint & 4095)::int and instance = $1::bigint", [id]);
}

/** Forgets places and questions of instances that have gone on. */
export async function sweepLine(session: Session): Promise<void> {
  await session.query("select fettle.sweep_line()", []);
}

/** Forgets permits of instances that have gone on; they count for nothing already. */
export async function sweepPermits(session: Session): Promise<void> {
  await session.query("select fettle.sweep_permits()", []);
}
