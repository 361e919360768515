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
  const rows = await session.query<Omit<StageProgress, "stage"> & { readonly stage: number | null; readonly all: number }>(
    `with it as materialized (
       select i.id, i.started from fettle.instance i where i.slot = $1::int and i.machine = 'fettle/rollout' and i.key = $2
     ), fate as (
       select m.stage, m.outcome,
         m.outcome = 'acted' and $4 <> 'signal' and exists (
           select from fettle.inbox b
           where b.slot = m.slot and b.instance = m.instance and b.run = m.run and b.kind = $4 and b.by = $5 and b.why = $6
         ) as waits,
         m.outcome = 'acted' and i.run = m.run + ($4 = 'start')::int and (i.status = 'stuck' or (i.status = 'running' and i.attempt > 0))
         or m.outcome = 'acted' and $4 in ('move', 'edit') and exists (
           select from fettle.history h
           where h.instance = m.instance and h.run = m.run and h.kind = 'refused' and h.by = $5 and h.why = $6 and h.at >= it.started
         ) as fails
       from it join fettle.rollout_member m on m.rollout = it.id and m.rollout_run = $3::int
       left join fettle.instance i on m.outcome = 'acted' and i.slot = m.slot and i.id = m.instance
     )
     select stage, count(*)::int as "all", count(*) filter (where outcome = 'acted')::int as acted,
       count(*) filter (where outcome = 'passed')::int as passed, count(*) filter (where waits)::int as waiting,
       count(*) filter (where fails and not waits)::int as failed
     from fate group by stage order by stage`,
    [slotOf("fettle/rollout", key), key, run, kind, by, why],
  );
  return {
    stages: rows.flatMap(({ all: _, stage, ...counts }) => (stage === null ? [] : [{ stage, ...counts }])),
    rest: rows.find(({ stage }) => stage === null)?.all ?? 0,
  };
}
