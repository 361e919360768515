import { milliseconds } from "../machine/duration.ts";
import { sum } from "../policy/rollout.ts";
import type { Plan } from "../rollout/plan.ts";
import { ordersOf } from "../rollout/rollout.ts";
import type { SeenInstance } from "../store/list-instances.ts";
import { type Members, rolloutProgress } from "../store/rollout-progress.ts";
import type { Session } from "../store/session.ts";
import { heldOf } from "./held.ts";
import type { Rollout } from "./rollout.ts";

/** A rollout as people see it, from its instance and its members. */
export async function rolloutOf(session: Session, instance: SeenInstance): Promise<Rollout> {
  const { key, run, status, since } = instance;
  // Whatever wrote it was checked by the machine.
  const data = JSON.parse(instance.data) as Plan;
  const state = instance.state as Rollout["state"];
  const { stages, rest } = await membersOf(session, instance, data);
  const [acted, waiting, failed, passed] = [sum(stages, "acted"), sum(stages, "waiting"), sum(stages, "failed"), sum(stages, "passed")];
  const watches = state === "watching" && status === "running";
  return {
    name: key,
    run,
    act: data.act,
    selection: data.selection,
    machines: data.machines,
    state,
    status,
    held: (await heldOf(session, [instance])).get(instance.id) ?? null,
    started: new Date(instance.started).toISOString(),
    since: new Date(since).toISOString(),
    first: data.first,
    gap: data.gap,
    haltAt: data.haltAt,
    stage: data.stage,
    next: watches ? new Date(since + milliseconds(data.gap)).toISOString() : null,
    reason: state === "halted" ? (data.reason ?? null) : null,
    total: acted + passed + rest,
    acted,
    waiting,
    fine: acted - failed - waiting,
    failed,
    passed,
    rest,
    stages,
    by: data.by,
    why: data.why,
  };
}

/** What becomes of them after the rollout is not its doing. */
async function membersOf(session: Session, { key, run, result }: SeenInstance, data: Plan): Promise<Members> {
  return result === null ? rolloutProgress(session, ordersOf({ key, run, data })) : JSON.parse(result);
}
