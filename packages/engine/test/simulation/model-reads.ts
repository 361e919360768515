import { mostArrivals } from "../../src/store/read-inbox.ts";
import { rangeOfId } from "../../src/store/slot.ts";
import { numbers } from "./columns.ts";
import type { Model, ModelInstance } from "./model.ts";
import { holds, leasesIn } from "./model-commit.ts";

/** What is read of instances and of their inbox, as the statements of store/read-instances.ts, read-inbox.ts and load-schedule.ts. */
export function instancesIn(model: Model, ids: unknown, withInbox: boolean): object[] {
  return numbers(ids).flatMap((id) => {
    const instance = model.instances.get(id as number);
    return instance ? [rowOf(model, instance, withInbox)] : [];
  });
}

function rowOf(model: Model, instance: ModelInstance, withInbox: boolean): object {
  const { id, machine, key, run, version, rev, state, step, since, status, attempt, firstFailure, error, data } = instance;
  const rest = { labels: JSON.stringify(instance.labels), hasParent: instance.parent !== null };
  const inbox = withInbox ? inboxOf(model, id) : null;
  return { id, machine, key, run, version, rev, state, step, since, status, attempt, firstFailure, error, data, ...rest, inbox };
}

function inboxOf(model: Model, instance: number): string {
  const messages = [...model.inbox.values()].filter((message) => message.instance === instance);
  const first = messages.sort(commandsFirst).slice(0, 1000);
  const told = first.sort((one, other) => one.id - other.id);
  return JSON.stringify(told.map(({ id, run, kind, name, payload, by, why }) => ({ id, run, kind, name, payload, by, why })));
}

export function arrivals(model: Model, [firsts, lasts, seen]: readonly unknown[]): object[] {
  if (model.inbox.size === 0) return [];
  const last = numbers(lasts);
  const isWithin = (range: number) => numbers(firsts).some((first, at) => (first ?? 0) <= range && range <= (last[at] ?? 0));
  const known = numbers(seen);
  const found = [...model.inbox.values()].filter(({ id, instance }) => !known.includes(id) && isWithin(rangeOfId(instance)));
  return found
    .sort(commandsFirst)
    .slice(0, mostArrivals)
    .map(({ id, instance, kind }) => ({ id, instance, kind }));
}

function commandsFirst(one: { kind: string; id: number }, other: { kind: string; id: number }): number {
  return Number(one.kind === "signal") - Number(other.kind === "signal") || one.id - other.id;
}

export function dropArrived(model: Model, [ranges, epochs, owner, instances, ids]: readonly unknown[]): object[] {
  const named = leasesIn(ranges, epochs);
  const receivers = numbers(instances);
  numbers(ids).forEach((id, at) => {
    const receiver = receivers[at] as number;
    if (model.inbox.get(id as number)?.instance !== receiver) return;
    if (holds(model, named, String(owner), rangeOfId(receiver))) model.inbox.delete(id as number);
  });
  return [];
}

/** Not of a range that is another's by now. */
export function dropNew(model: Model, [ranges, epochs, owner]: readonly unknown[]): object[] {
  const named = leasesIn(ranges, epochs);
  const spent = [...model.inbox].filter(
    ([, { instance, kind }]) => kind === "created" && holds(model, named, String(owner), rangeOfId(instance)),
  );
  for (const [id] of spent) model.inbox.delete(id);
  return [{ dropped: spent.length }];
}

export function scheduleOf(instances: readonly ModelInstance[], ranges: readonly (number | null)[]): object[] {
  const running = instances.filter(({ id, status }) => status === "running" && ranges.includes(rangeOfId(id)));
  return [...Map.groupBy(running, ({ machine }) => machine)].map(([machine, instances]) => ({
    machine,
    ids: `{${instances.map(({ id }) => id).join(",")}}`,
    dues: `{${instances.map(({ due }) => Math.ceil(due ?? 0)).join(",")}}`,
  }));
}

/** So few that one part is all. */
export function partOfSchedule(model: Model, [mask, after]: readonly unknown[]): object[] {
  const part = [...model.instances.values()].filter(({ id }) => id > Number(after));
  const ranges = [...String(mask)].flatMap((bit, range) => (bit === "1" ? [range] : []));
  const lists = scheduleOf(part, ranges);
  return lists.length === 0 ? [{ last: null, machine: null, ids: null, dues: null }] : lists.map((list) => ({ last: null, ...list }));
}
