import type { Filter } from "../client/client.ts";
import { textColumn } from "./arrays.ts";
import { matches, values } from "./list-instances.ts";
import type { Session } from "./session.ts";
import { slotOf } from "./slot.ts";

export interface Frozen {
  readonly key: string;
  readonly version: number;
  readonly state: string;
  /** JSON. */
  readonly data: string;
  readonly selection: Filter;
  /** Those that were looked at; what has come since is left out. */
  readonly machines: readonly string[];
  /** Runs that are done, or those that are not. */
  readonly done: boolean;
  readonly by: string;
  readonly why: string;
}

/** Starts a rollout and freezes whom it is for, in one statement. Undefined when one of that name is not done. */
export async function freezeMembers(session: Session, frozen: Frozen): Promise<{ run: number; total: number } | undefined> {
  const { key, version, state, data, selection, machines, done, by, why } = frozen;
  const [row] = await session.query<{ run: number; total: number }>(
    `with begun as materialized (
       select * from fettle.start_run($6::int, 'fettle/rollout', $7, $8::int, $9, $10, '{}', true, '[]', null, null, $11, $12)
     ), chosen as (
       insert into fettle.rollout_member (rollout, rollout_run, number, slot, instance, run)
       select s.instance, s.instance_run, row_number() over (order by random()), i.slot, i.id, i.run
       from begun s cross join fettle.instance i
       where s.answer = 'started' and ${matches} and i.machine = any ($13::text::text[]) and (i.status = 'done') = $14::bool
       returning number
     )
     select s.instance_run as run, (select count(*)::int from chosen) as total from begun s where s.answer = 'started'`,
    [...values(selection), slotOf("fettle/rollout", key), key, version, state, data, by, why, textColumn(machines, (name) => name), done],
  );
  return row;
}
