import { type Failure, FettleError, failureOf } from "../error.ts";
import { deadlineCause, deadlineChanges } from "../machine/deadline.ts";
import { milliseconds } from "../machine/duration.ts";
import { stuckCause } from "../machine/fingerprint.ts";
import { encode } from "../machine/json.ts";
import type { Machine } from "../machine/machine.ts";
import { lacking } from "../machine/needs.ts";
import { andThen, type NowOrLater } from "../machine/now-or-later.ts";
import type { Outcome } from "../machine/outcome.ts";
import { nextAttempt, wishOf } from "../machine/retry.ts";
import { parse } from "../machine/schema.ts";
import { nextTime } from "../policy/cron.ts";
import { type Change, type CronWait, type Effects, type HistoryRow, type InstanceRow, noEffects } from "../store/change.ts";
import type { World } from "./visit.ts";

type Wait = Extract<Outcome, { kind: "wait" }>;

/** Shorter waits without a patch are kept in memory only. */
const longestUnwritten = 60_000;

export type Attempted =
  | { readonly kind: "change"; readonly change: Change; readonly early?: Promise<unknown> | undefined }
  /** Nothing to write: the handler waits a short while. */
  | { readonly kind: "rest"; readonly until: number; readonly early: Promise<unknown> | undefined }
  /** The store went away, or the worker lost its lease or stops: the attempt does not count. */
  | { readonly kind: "void" };

/** What an outcome changes. Throws what is wrong with it, which is the handler's failure. */
export function conclude(
  row: InstanceRow,
  machine: Machine,
  outcome: Outcome,
  wanted: Effects,
  world: World,
  began: number,
): NowOrLater<Attempted> {
  const all = withSeen(row, wanted);
  const took = world.now() - began;
  switch (outcome?.kind) {
    case "to":
      return moved(row, machine, outcome, all, took, world);
    case "wait":
      return waits(row, machine, outcome, all, world, began);
    case "done":
      return done(row, machine, outcome.result, all, took);
    case "stuck":
      return stuck(row, machine, { code: outcome.code, message: outcome.reason }, all, took);
    default:
      throw new FettleError("HANDLER_FAILED", `${row.state} of ${machine.name} returned no outcome`, {
        fix: "Return it.to(…), it.wait(…), it.done(…) or it.stuck(…) on every path",
        retryable: false,
      });
  }
}

/** What is no signal of this run has done its part by waking the handler. */
export function withSeen(row: InstanceRow, effects: Effects): Effects {
  if (row.inbox.length === 0) return effects;
  const seen = row.inbox.filter((message) => message.kind !== "signal" || message.run !== row.run).map((message) => message.id);
  return { ...effects, consumed: [...(effects.consumed ?? []), ...seen] };
}

export function moved(
  row: InstanceRow,
  machine: Machine,
  outcome: Extract<Outcome, { kind: "to" }>,
  effects: Effects,
  took: number,
  world: World,
): NowOrLater<Extract<Attempted, { kind: "change" }>> {
  const allowed = machine.transitions[row.state] ?? [];
  if (!allowed.includes(outcome.state)) {
    throw new FettleError(
      "NO_SUCH_TRANSITION",
      `Cannot move ${row.key} from ${row.state} to ${outcome.state}: ${machine.name} has no such transition`,
      {
        fix: `Move it to ${allowed.join(" or ") || "nothing: return it.done()"}, or add ${outcome.state} to transitions.${row.state}`,
        retryable: false,
      },
    );
  }
  const { arm, disarm, extend } = deadlineChanges(machine, row.state, outcome.state);
  const isWatched = arm.length + disarm.length + extend.length > 0;
  return andThen(patched(row, machine, outcome.patch), (data) => {
    refuseLacking(row, machine, outcome.state, data ?? row.data);
    return change(row, machine, {
      state: outcome.state,
      entered: true,
      due: world.now(),
      data,
      history: history(row, "moved", took),
      effects: isWatched ? { ...effects, arm, disarm, extend, calmed: calmed(row, disarm) } : effects,
    });
  });
}

export function refuseLacking(row: InstanceRow, machine: Machine, state: string, data: string): void {
  if (machine.needs[state] === undefined) return;
  const fields = lacking(machine.needs, state, JSON.parse(data));
  if (fields.length === 0) return;
  throw new FettleError("NEEDS_DATA", `Cannot move ${row.key} from ${row.state} to ${state}: its data lacks ${fields.join(" and ")}`, {
    fix: `Give ${fields.join(" and ")} in the patch of the transition to ${state}`,
    retryable: false,
  });
}

function waits(row: InstanceRow, machine: Machine, outcome: Wait, effects: Effects, world: World, began: number): NowOrLater<Attempted> {
  const { until, cron } = timeOf(row, outcome.until, world, began);
  if (!Number.isFinite(until))
    throw new FettleError("BAD_DURATION", `Cannot wait until ${String(outcome.until)}: it is no instant`, { retryable: false });
  const isEmpty = Object.values(effects).every((list) => list.length === 0);
  const isShort = until - world.now() <= longestUnwritten && !cron;
  if (isEmpty && isShort && !outcome.patch && row.attempt === 0) return { kind: "rest", until, early: outcome.early };
  const { early, patch } = outcome;
  const timed = cron ? { ...effects, cron: [cron] } : effects;
  return andThen(patched(row, machine, patch ?? {}), (data) => ({ ...change(row, machine, { due: until, data, effects: timed }), early }));
}

/** A cron's next time is counted from when the handler began: a time that came while it ran has struck, and is not passed over. */
function timeOf(row: InstanceRow, until: Wait["until"], world: World, began: number): { until: number; cron?: CronWait } {
  if (until instanceof Date) return { until: until.getTime() };
  if (typeof until === "string") return { until: world.now() + milliseconds(until) };
  const at = nextTime(until, began);
  if (at === null) throw new FettleError("BAD_CRON", `Cannot wait for "${until.expression}": it comes no more`, { retryable: false });
  return { until: at, cron: { run: row.run, step: row.step, at, missed: until.missed } };
}

function done(row: InstanceRow, machine: Machine, result: unknown, effects: Effects, took: number): Attempted {
  const { disarm } = deadlineChanges(machine, row.state, undefined);
  const isWatched = machine.deadlines.length > 0;
  return change(row, machine, {
    status: "done",
    due: null,
    result: encode(result ?? null, "result"),
    history: history(row, "done", took),
    effects: isWatched ? { ...effects, disarm, calmed: [{ kind: "deadline", cause: null }] } : effects,
  });
}

/** Retries are spent, or the handler said so: it waits for a person, is on the attention list, and pages. */
export function stuck(
  row: InstanceRow,
  machine: Pick<Machine, "version">,
  failure: Failure,
  effects: Effects,
  took: number,
): Extract<Attempted, { kind: "change" }> {
  const raised = {
    kind: "stuck",
    cause: stuckCause(row, failure),
    code: failure.code,
    say: failure.message,
    severity: "critical",
  } as const;
  const error = encode(failure, "error");
  return change(row, machine, {
    status: "stuck",
    due: null,
    attempt: row.attempt + 1,
    error,
    history: { ...history(row, "stuck", took), detail: error },
    effects: { ...effects, raised: [...(effects.raised ?? []), raised] },
  });
}

/** A failed attempt: it is tried again as the policy says, or is stuck. Nothing of what the handler asked for is done. */
export function failed(
  row: InstanceRow,
  machine: Pick<Machine, "version" | "policy">,
  error: unknown,
  world: World,
  began: number,
): Extract<Attempted, { kind: "change" }> {
  const failure = failureOf(error);
  const now = world.now();
  const first = row.firstFailure ?? now;
  const { retryable, after } = wishOf(error);
  const failures = { count: row.attempt + 1, first, now, after };
  const next = retryable ? nextAttempt(machine.policy[row.state], failures, world.random()) : null;
  if (next === null) return stuck(row, machine, failure, {}, now - began);
  const text = encode(failure, "error");
  return change(row, machine, {
    due: next,
    attempt: row.attempt + 1,
    firstFailure: first,
    error: text,
    history: { ...history(row, "failed", now - began), detail: text },
  });
}

export function change(row: InstanceRow, machine: Pick<Machine, "version">, what: Partial<Change>): Extract<Attempted, { kind: "change" }> {
  return {
    kind: "change",
    change: {
      id: row.id,
      rev: row.rev,
      version: machine.version,
      state: what.state ?? row.state,
      entered: what.entered ?? false,
      status: what.status ?? "running",
      due: what.due ?? null,
      attempt: what.attempt ?? 0,
      firstFailure: what.firstFailure ?? null,
      error: what.error ?? null,
      data: what.data ?? null,
      result: what.result ?? null,
      history: what.history ?? null,
      effects: what.effects ?? noEffects,
      tellsParent: row.hasParent && (what.status === "done" || what.status === "stuck"),
    },
  };
}

/** `took` to the microsecond: a clock tells more digits than it knows, and each has to be written and read. */
export function history(row: InstanceRow, kind: HistoryRow["kind"], took: number): HistoryRow {
  return { kind, from: row.state, attempt: row.attempt + 1, took: Math.round(took * 1000) / 1000, detail: null, by: "", why: "" };
}

/** Null where the patch is empty. */
export function patched(row: InstanceRow, machine: Machine, patch: object): NowOrLater<string | null> {
  if (Object.keys(patch).length === 0) return null;
  const whole = { ...JSON.parse(row.data), ...patch };
  return andThen(parse(machine.data, whole, "data", "BAD_DATA"), (data) => encode(data, "data"));
}

export function calmed(row: InstanceRow, disarmed: readonly number[]): NonNullable<Effects["calmed"]> {
  return disarmed.map((number) => ({ kind: "deadline", cause: deadlineCause(row.machine, number) }) as const);
}
