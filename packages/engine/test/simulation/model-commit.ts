import type { ArmedDeadline } from "../../src/machine/deadline.ts";
import type { CronWait, Raised, Spawned } from "../../src/store/change.ts";
import { lines, numbers, texts } from "./columns.ts";
import type { Model, ModelInstance } from "./model.ts";

/** What one commit of a batch has done, for whoever checks it. */
export interface Witnessed {
  readonly owner: string;
  /** Range to epoch, as the worker named them. */
  readonly named: ReadonlyMap<number, number>;
  readonly moved: readonly ModelInstance[];
}

type Column<Value> = (Value | null)[] | undefined;
type Of<Item> = Item & { readonly id: number };

/** The lists of a commit's effects, each item with the instance that wants it. */
interface Lists {
  readonly took?: readonly Of<{ signal: string; by: string; why: string }>[];
  readonly consumed?: readonly Of<{ message: number }>[];
  readonly spawned?: readonly Of<Spawned>[];
  readonly sent?: readonly Of<{ slot: number; machine: string; key: string; name: string; payload: string | null }>[];
  readonly raised?: readonly Of<Raised>[];
  readonly calmed?: readonly Of<{ kind: string; cause: string | null }>[];
  readonly arm?: readonly Of<ArmedDeadline>[];
  readonly extend?: readonly Of<{ number: number }>[];
  readonly disarm?: readonly Of<{ number: number }>[];
  readonly cron?: readonly Of<CronWait>[];
}

/** The statement of store/commit-plain.ts. */
export function commitPlain(model: Model, values: readonly unknown[], witness?: (what: Witnessed) => void): object[] {
  return commitOn(model, values, plainChanges(values, model.now()), {}, witness);
}

/** The statement of store/commit-whole.ts. */
export function commitWhole(model: Model, values: readonly unknown[], witness?: (what: Witnessed) => void): object[] {
  return commitOn(model, values, wholeChanges(values), JSON.parse(String(values[22])) as Lists, witness);
}

function commitOn(
  model: Model,
  [ranges, epochs, worker]: readonly unknown[],
  changes: readonly Changed[],
  lists: Lists,
  witness: ((what: Witnessed) => void) | undefined,
): object[] {
  const named = leasesIn(ranges, epochs);
  const owner = String(worker);
  const at = model.now();
  const moved = new Map<number, Moved>();
  for (const change of isFenced(model, named, owner) ? changes : []) {
    const instance = model.instances.get(change.id);
    if (instance?.rev !== change.rev) continue;
    move(instance, change, at);
    // As it is now: a run that it spawns may begin it anew.
    moved.set(change.id, { instance: { ...instance }, change });
  }
  carryOut(model, lists, moved);
  for (const { instance, change } of moved.values()) note(model, instance, change);
  witness?.({ owner, named, moved: [...moved.values()].map(({ instance }) => instance) });
  return [{ at, kept: moved.size < changes.length ? JSON.stringify([...moved.keys()]) : null }];
}

export function leasesIn(ranges: unknown, epochs: unknown): ReadonlyMap<number, number> {
  const epochOf = numbers(epochs);
  return new Map(numbers(ranges).map((range, at) => [range as number, epochOf[at] as number]));
}

/** Whether every lease is there as the worker named it: else nothing is committed. */
function isFenced(model: Model, named: ReadonlyMap<number, number>, owner: string): boolean {
  for (const range of named.keys()) if (!holds(model, named, owner, range)) return false;
  return true;
}

export function holds(model: Model, named: ReadonlyMap<number, number>, owner: string, range: number): boolean {
  const lease = model.leases.get(range);
  return lease !== undefined && lease.epoch === named.get(range) && lease.owner === owner;
}

interface Changed {
  readonly id: number;
  readonly rev: number;
  readonly kind: string | null;
  readonly from: string | null;
  readonly tried: number;
  readonly detail: string | null;
  readonly by: string;
  readonly why: string;
  readonly entered: boolean;
  /** Null leaves it as it is. */
  readonly data: string | null;
  readonly written: Pick<ModelInstance, "version" | "state" | "status" | "due" | "attempt" | "firstFailure" | "error" | "result">;
}

interface Moved {
  readonly instance: ModelInstance;
  readonly change: Changed;
}

function plainChanges(values: readonly unknown[], now: number): Changed[] {
  const [id, rev, version, tried] = [3, 4, 5, 10].map((at) => numbers(values[at])) as Column<number>[];
  const [state, from] = [6, 9].map((at) => texts(values[at])) as Column<string>[];
  const [data, result] = [7, 8].map((at) => lines(values[at])) as Column<string>[];
  return (id as number[]).map((one, at) => {
    const isEnd = (result?.[at] ?? null) !== null;
    const ending = isEnd ? ({ status: "done", due: null } as const) : ({ status: "running", due: now } as const);
    const clean = { attempt: 0, firstFailure: null, error: null, result: result?.[at] ?? null };
    return {
      id: one,
      rev: rev?.[at] as number,
      kind: isEnd ? "done" : "moved",
      from: from?.[at] ?? null,
      tried: tried?.[at] ?? 0,
      ...{ detail: null, by: "", why: "" },
      entered: !isEnd,
      data: data?.[at] ?? null,
      written: { version: version?.[at] as number, state: state?.[at] as string, ...ending, ...clean },
    };
  });
}

function wholeChanges(values: readonly unknown[]): Changed[] {
  const [id, rev, version, entered] = [3, 4, 5, 7].map((at) => numbers(values[at])) as Column<number>[];
  const [due, attempt, firstFailure, tried] = [9, 10, 11, 17].map((at) => numbers(values[at])) as Column<number>[];
  const [state, status, kind, from, by, why] = [6, 8, 15, 16, 20, 21].map((at) => texts(values[at])) as Column<string>[];
  const [error, data, result, detail] = [12, 13, 14, 19].map((at) => lines(values[at])) as Column<string>[];
  return (id as number[]).map((one, at) => ({
    id: one,
    rev: rev?.[at] as number,
    kind: kind?.[at] ?? null,
    from: from?.[at] ?? null,
    tried: tried?.[at] ?? 0,
    detail: detail?.[at] ?? null,
    by: by?.[at] ?? "",
    why: why?.[at] ?? "",
    entered: entered?.[at] === 1,
    data: data?.[at] ?? null,
    written: {
      version: version?.[at] as number,
      state: state?.[at] as string,
      status: status?.[at] as ModelInstance["status"],
      due: due?.[at] ?? null,
      attempt: attempt?.[at] ?? 0,
      firstFailure: firstFailure?.[at] ?? null,
      error: error?.[at] ?? null,
      result: result?.[at] ?? null,
    },
  }));
}

function move(instance: ModelInstance, { written, data, entered }: Changed, at: number): void {
  Object.assign(instance, written, { rev: instance.rev + 1 });
  if (data !== null) instance.data = data;
  if (entered) Object.assign(instance, { step: instance.step + 1, since: at });
}

function note(model: Model, instance: ModelInstance, { kind, from, entered, written, tried, detail, by, why }: Changed): void {
  if (kind === null) return;
  model.note(instance, { kind, from, to: entered ? written.state : null, attempt: tried, detail, by, why });
}

/** In the order in which Postgres does it: what is read in the main query first, history last, and no message is deleted that was not there before. */
function carryOut(model: Model, lists: Lists, moved: ReadonlyMap<number, Moved>): void {
  const each = <Item extends { readonly id: number }>(list: readonly Item[] | undefined, act: (by: ModelInstance, item: Item) => void) => {
    for (const item of list ?? []) {
      const found = moved.get(item.id);
      if (found) act(found.instance, item);
    }
  };
  each(lists.took, (by, { signal, by: sender, why }) => model.note(by, { kind: "took", from: by.state, signal, by: sender, why }));
  each(lists.consumed, (by, { message }) => {
    if (model.inbox.get(message)?.instance === by.id) model.inbox.delete(message);
  });
  each(lists.spawned, (by, start) =>
    model.startRun({ ...start, again: true, by: `${by.machine} ${by.key}`, why: "" }, { id: by.id, run: by.run }),
  );
  each(lists.sent, (by, { machine, key, name, payload }) =>
    model.sendTo({ machine, key, kind: "signal", name, payload, by: `${by.machine} ${by.key}`, why: "" }),
  );
  for (const { instance, change } of moved.values()) tellParent(model, instance, change.kind);
  each(lists.calmed, (by, { kind, cause }) => calm(model, by.id, kind, cause));
  each(lists.raised, (by, { kind, cause, code, say, severity }) => {
    model.attention.set(`${by.id} ${cause}`, { instance: by.id, state: by.state, kind, cause, code, say, severity });
    model.pages.set(cause, (model.pages.get(cause) ?? 0) + 1);
  });
  each(lists.extend, (by, { number }) => extend(model, `${by.id} ${number}`));
  each(lists.disarm, (by, { number }) => void model.deadlines.delete(`${by.id} ${number}`));
  each(lists.arm, (by, deadline) => model.arm(by.id, deadline));
  each(lists.cron, (by, { run, step, at, missed }) => void model.cron.set(by.id, { run, step, at, missed }));
}

function tellParent(model: Model, child: ModelInstance, kind: string | null): void {
  if (child.parent === null || child.parentRun === null || !["done", "stuck", "cancelled"].includes(kind ?? "")) return;
  const by = `${child.machine} ${child.key}`;
  model.put(child.parent, { run: child.parentRun, kind: "child", name: child.status, payload: null, by, why: "" });
}

function calm(model: Model, instance: number, kind: string, cause: string | null): void {
  for (const [key, row] of model.attention)
    if (row.instance === instance && row.kind === kind && (cause === null || row.cause === cause)) model.attention.delete(key);
}

function extend(model: Model, key: string): void {
  const deadline = model.deadlines.get(key);
  if (!deadline || deadline.by === null) return;
  const later = Math.max(deadline.at, model.now() + deadline.by);
  deadline.at = Math.min(later, deadline.latest ?? later);
}
