import type { StageProgress } from "../policy/rollout.ts";
import type { Session } from "./session.ts";
import { slotOf } from "./slot.ts";

export interface Members {
  readonly stages: readonly StageProgress[];
  /** Whose turn has not come. */
  readonly rest: number;
}

/** The orders of one run of a rollout are known by who gave them, and why. */
export interface Orders {
  readonly key: string;
  readonly run: number;
  readonly kind: string;
  readonly by: string;
  readonly why: string;
}

/**
 * How the members fare now. A signal waits for the handler to take it, which is the machine's business: only orders are waited for.
 * A start makes the next run of its member; every other act is about the run that was selected.
 */
export async function rolloutProgress(session: Session, { key, run, kind, by, why }: Orders): Promise<Members> {
  const rows = await session.query<Omit<StageProgress, "stage"> & { readonly stage: number | null; readonly rest: number }>(
    `with it as materialized (
       select i.id, i.started from fettle.instance i where i.slot = $1::int and i.machine = 'fettle/rollout' and i.key = $2
     ), fate as (
       select m.stage, m.outcome,
         $4 <> 'signal' and (m.slot, m.instance, m.run) in (
           select b.slot, b.instance, b.run from fettle.inbox b where b.kind = $4 and b.by = $5 and b.why = $6
         ) as waits,
         i.run = m.run + ($4 = 'start')::int and (i.status = 'stuck' or (i.status = 'running' and i.attempt > 0))
         or $4 in ('move', 'edit') and exists (
           select from fettle.history h
           where h.instance = m.instance and h.run = m.run and h.kind = 'refused' and h.by = $5 and h.why = $6 and h.at >= it.started
         ) as fails
       from it join fettle.rollout_member m on m.rollout = it.id and m.rollout_run = $3::int and m.stage is not null
       -- The limit keeps each a look by the primary key: the planner knows nothing yet of members that are new.
       left join lateral (
         select i.run, i.status, i.attempt from fettle.instance i where i.slot = m.slot and i.id = m.instance limit 1
       ) i on true
     )
     select f.stage, count(*) filter (where f.outcome = 'acted')::int as acted, count(*) filter (where f.outcome = 'passed')::int as passed,
       count(*) filter (where f.outcome = 'acted' and f.waits)::int as waiting,
       count(*) filter (where f.outcome = 'acted' and f.fails and not f.waits)::int as failed, 0 as rest
     from fate f group by f.stage
     union all
     select null, 0, 0, 0, 0, count(*)::int from it
       join fettle.rollout_member m on m.rollout = it.id and m.rollout_run = $3::int and m.stage is null
     order by stage`,
    [slotOf("fettle/rollout", key), key, run, kind, by, why],
  );
  return {
    stages: rows.flatMap(({ rest: _, stage, ...counts }) => (stage === null ? [] : [{ stage, ...counts }])),
    rest: rows.find(({ stage }) => stage === null)?.rest ?? 0,
  };
}
