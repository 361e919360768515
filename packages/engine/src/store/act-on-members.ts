import type { Session } from "./session.ts";
import { slotOf } from "./slot.ts";

/** One bite of a stage: which visit of which rollout asks, what is done to whom, and in whose name. */
export interface Bite {
  readonly key: string;
  /** Of the visit that asks: what is over by now acts upon nobody. */
  readonly token: string;
  readonly stage: number;
  /** How many the stage acts upon. */
  readonly size: number;
  readonly act: { readonly kind: string; readonly name: string | null; readonly payload: string | null };
  readonly state: string | null;
  readonly status: string | null;
  readonly by: string;
  readonly why: string;
}

export interface Bitten {
  readonly acted: number;
  readonly passed: number;
  /** How many the stage may still act upon. */
  readonly room: number;
}

const most = 1000;

/** Acts upon the next members of a stage, at most 1,000, and marks them in the same transaction. Undefined where the visit is over by now. */
export async function actOnMembers(session: Session, bite: Bite): Promise<Bitten | undefined> {
  const { key, token, stage, size, act, state, status, by, why } = bite;
  const [bitten] = await session.query<Bitten>(
    `select acted, passed, room from fettle.act_on_members(
       $1::int, $2, $3, $4::int, $5::int, $6::int, $7, $8, $9, $10, $11, $12, $13)`,
    [slotOf("fettle/rollout", key), key, token, stage, size, most, act.kind, act.name, act.payload, state, status, by, why],
  );
  return bitten;
}
