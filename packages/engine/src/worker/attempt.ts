import { type Failure, FettleError, failureOf } from "../error.ts";
import { deadlineCause, deadlineChanges } from "../machine/deadline.ts";
import { milliseconds } from "../machine/duration.ts";
import { none } from "../machine/it.ts";
import { encode } from "../machine/json.ts";
import type { Machine } from "../machine/machine.ts";
import type { Outcome } from "../machine/outcome.ts";
import { defaultTimeout, nextAttempt } from "../machine/retry.ts";
import { parse } from "../machine/schema.ts";
import type { Change, Effects, HistoryRow, InstanceRow } from "../store/change.ts";
import { isStoreAway } from "../store/store.ts";
import { type Pending, Visit, type World } from "./visit.ts";

/** Shorter waits without a patch are kept in memory only. */
const longestUnwritten = 60_000;

export type Attempted =
  | { readonly kind: "change"; readonly change: Change; readonly early?: Promise<unknown> | undefined }
  /** Nothing to write: the handler waits a short while. */
  | { readonly kind: "rest"; readonly until: number; readonly early: Promise<unknown> | undefined }
  /** The store went away, or the worker lost its lease or stops: the attempt does not count. */
  | { readonly kind: "void" };

/**
 * One attempt of the handler of the instance's state. Never throws: a failure is a change too.
 * `leaving` aborts when the worker may not go on; `settled` resolves when the handler itself has come back, which is after
 * the answer where it ignores its AbortSignal.
 */
export function attempt(
  row: InstanceRow,
  machine: Machine,
  world: World,
  leaving: AbortSignal,
): { answer: Promise<Attempted>; settled: Promise<void> } {
  const settled = Promise.withResolvers<void>();
  const answer = run(row, machine, world, leaving, settled.resolve).catch((error: unknown) => {
    settled.resolve();
    return leaving.aborted || isStoreAway(error) ? ({ kind: "void" } as const) : failed(row, machine, error, world, world.now());
  });
  return { answer, settled: settled.promise };
}

async function run(row: InstanceRow, machine: Machine, world: World, leaving: AbortSignal, settled: () => void): Promise<Attempted> {
  const handler = Object.hasOwn(machine.states, row.state) ? machine.states[row.state] : undefined;
  if (!handler) throw noSuchState(row, machine);
  const data = await parse(machine.data, JSON.parse(row.data), "data", "BAD_DATA");
  const pending = await readSignals(row, machine);
  if ("change" in pending) {
    settled();
    return pending;
  }

  const began = world.now();
  const timeout = new AbortController();
  const visit = new Visit(row, data, pending, AbortSignal.any([leaving, timeout.signal]), world);
  const handled = Promise.resolve(world.call(row.id, () => handler(visit as never))).finally(settled);
  const late = lateness(row, machine, timeout, world, leaving);
  try {
    const outcome = await Promise.race([handled, late.promise]);
    return await conclude(row, machine, visit, outcome, world, began);
  } catch (error) {
    tellLate(handled, error, visit, leaving);
    if (leaving.aborted || isStoreAway(error)) return { kind: "void" };
    return failed(row, machine, error, world, began);
  } finally {
    late[Symbol.dispose]();
  }
}

/** How a handler ends that was given up at its timeout: nobody waits for it any more, but its failure may tell what it hung on. */
function tellLate(handled: Promise<unknown>, known: unknown, visit: Visit, leaving: AbortSignal): void {
  handled.catch((error: unknown) => {
    if (error !== known && error !== visit.abort.reason && !leaving.aborted) visit.log(`failed after its timeout: ${String(error)}`);
  });
}

/** Rejects at the state's timeout, and when the worker must leave. */
function lateness(
  row: InstanceRow,
  machine: Machine,
  timeout: AbortController,
  world: World,
  leaving: AbortSignal,
): Disposable & { promise: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  // It loses the race where the handler is in time, and then nobody else looks at it.
  promise.catch(() => "too late to matter");
  const limit = machine.policy[row.state]?.timeout ?? defaultTimeout;
  const alarm = world.alarm(milliseconds(limit), () => {
    const error = new FettleError("ATTEMPT_TIMEOUT", `${row.state} of ${row.machine} ${row.key} took longer than ${limit}`, {
      fix: `Find what it waits for, or raise policy.${row.state}.timeout`,
    });
    timeout.abort(error);
    reject(error);
  });
  const leave = () => reject(leaving.reason);
  leaving.addEventListener("abort", leave, { once: true });
  return {
    promise,
    [Symbol.dispose]() {
      alarm[Symbol.dispose]();
      leaving.removeEventListener("abort", leave);
    },
  };
}

async function readSignals(row: InstanceRow, machine: Machine): Promise<readonly Pending[] | Extract<Attempted, { kind: "change" }>> {
  const pending: Pending[] = [];
  for (const signal of row.inbox) {
    if (signal.kind !== "signal" || signal.run !== row.run) continue;
    const schema = machine.signals[signal.name ?? ""];
    try {
      const value: unknown = signal.payload === null ? true : JSON.parse(signal.payload);
      pending.push({
        row: signal,
        payload: schema && schema !== none ? await parse(schema, value, signal.name ?? "", "BAD_SIGNAL") : value,
      });
    } catch (error) {
      // The bad signal is consumed, so that a retry goes on without it.
      return stuck(row, machine, failureOf(error), { consumed: [signal.id] }, 0);
    }
  }
  return pending;
}

async function conclude(
  row: InstanceRow,
  machine: Machine,
  visit: Visit,
  outcome: Outcome,
  world: World,
  began: number,
): Promise<Attempted> {
  const effects = await visit.effects();
  const seen = row.inbox.filter((message) => message.kind !== "signal" || message.run !== row.run).map((message) => message.id);
  const all: Effects = { ...effects, consumed: [...(effects.consumed ?? []), ...seen] };
  const took = world.now() - began;
  switch (outcome?.kind) {
    case "to":
      return moved(row, machine, outcome, all, took, world);
    case "wait":
      return waits(row, machine, outcome, all, world);
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

async function moved(
  row: InstanceRow,
  machine: Machine,
  outcome: Extract<Outcome, { kind: "to" }>,
  effects: Effects,
  took: number,
  world: World,
): Promise<Attempted> {
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
  const { arm, disarm } = deadlineChanges(machine, row.state, outcome.state);
  return change(row, machine, {
    state: outcome.state,
    step: row.step + 1,
    entered: true,
    due: world.now(),
    data: await patched(row, machine, outcome.patch),
    history: history(row, "moved", took),
    effects: { ...effects, arm, disarm, calmed: calmed(row, disarm) },
  });
}

async function waits(
  row: InstanceRow,
  machine: Machine,
  outcome: Extract<Outcome, { kind: "wait" }>,
  effects: Effects,
  world: World,
): Promise<Attempted> {
  const until = outcome.until instanceof Date ? outcome.until.getTime() : world.now() + milliseconds(outcome.until);
  if (!Number.isFinite(until))
    throw new FettleError("BAD_DURATION", `Cannot wait until ${String(outcome.until)}: it is no instant`, { retryable: false });
  const isEmpty = Object.values(effects).every((list) => list.length === 0);
  const isShort = until - world.now() <= longestUnwritten;
  if (isEmpty && isShort && !outcome.patch && row.attempt === 0) return { kind: "rest", until, early: outcome.early };
  const data = outcome.patch ? await patched(row, machine, outcome.patch) : row.data;
  return { ...change(row, machine, { due: until, data, effects }), early: outcome.early };
}

function done(row: InstanceRow, machine: Machine, result: unknown, effects: Effects, took: number): Attempted {
  const { disarm } = deadlineChanges(machine, row.state, undefined);
  return change(row, machine, {
    status: "done",
    due: null,
    result: encode(result ?? null, "result"),
    history: history(row, "done", took),
    effects: {
      ...effects,
      disarm,
      calmed: [
        { kind: "stuck", cause: null },
        { kind: "deadline", cause: null },
      ],
    },
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
    cause: `stuck:${row.machine}:${row.state}:${failure.code}`,
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
    history: { ...history(row, "stuck", took), error },
    effects: { ...effects, raised: [...(effects.raised ?? []), raised] },
  });
}

/** A failed attempt: it is tried again as the policy says, or is stuck. Nothing of what the handler asked for is done. */
export function failed(
  row: InstanceRow,
  machine: Machine,
  error: unknown,
  world: World,
  began: number,
): Extract<Attempted, { kind: "change" }> {
  const failure = failureOf(error);
  const now = world.now();
  const first = row.firstFailure ?? now;
  const retryable = !(error instanceof FettleError) || error.retryable;
  const next = retryable ? nextAttempt(machine.policy[row.state], { count: row.attempt + 1, first, now }, world.random()) : null;
  if (next === null) return stuck(row, machine, failure, {}, now - began);
  const text = encode(failure, "error");
  return change(row, machine, {
    due: next,
    attempt: row.attempt + 1,
    firstFailure: first,
    error: text,
    history: { ...history(row, "failed", now - began), error: text },
  });
}

/** A person's `retry`: the instance leaves stuck, and its attempts count anew. */
export function retried(row: InstanceRow, machine: Pick<Machine, "version">, world: World): Extract<Attempted, { kind: "change" }> {
  const commands = row.inbox.filter((message) => message.kind === "retry");
  const last = commands.at(-1);
  return change(row, machine, {
    due: world.now(),
    error: row.error,
    history: { ...history(row, "retried", 0), by: last?.by ?? "", why: last?.why ?? "" },
    effects: { consumed: commands.map((command) => command.id), calmed: [{ kind: "stuck", cause: null }] },
  });
}

function change(row: InstanceRow, machine: Pick<Machine, "version">, what: Partial<Change>): Extract<Attempted, { kind: "change" }> {
  return {
    kind: "change",
    change: {
      id: row.id,
      rev: row.rev,
      version: machine.version,
      state: row.state,
      step: row.step,
      entered: false,
      status: "running",
      due: null,
      attempt: 0,
      firstFailure: null,
      error: null,
      data: row.data,
      result: null,
      history: null,
      effects: {},
      ...what,
    },
  };
}

function history(row: InstanceRow, kind: HistoryRow["kind"], took: number): HistoryRow {
  return { kind, from: row.state, attempt: row.attempt + 1, took, error: null, by: "", why: "" };
}

async function patched(row: InstanceRow, machine: Machine, patch: object): Promise<string> {
  const whole = { ...JSON.parse(row.data), ...patch };
  return encode(await parse(machine.data, whole, "data", "BAD_DATA"), "data");
}

function calmed(row: InstanceRow, disarmed: readonly number[]): NonNullable<Effects["calmed"]> {
  return disarmed.map((number) => ({ kind: "deadline", cause: deadlineCause(row.machine, number) }) as const);
}

function noSuchState(row: InstanceRow, machine: Machine): FettleError {
  return new FettleError("NO_SUCH_STATE", `Cannot run ${row.machine} ${row.key}: the code has no state ${row.state}`, {
    fix: `Bring ${row.state} back, or end what no code knows any more; states of the code: ${Object.keys(machine.states).join(", ")}`,
    retryable: false,
  });
}
