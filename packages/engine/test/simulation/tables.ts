import type { Session } from "../../src/store/session.ts";
import type { Model } from "./model.ts";

/** The rows of a store, without what is of its clock: each table's as texts, sorted, but history, which is in its own order. */
export type Tables = Readonly<Record<string, readonly string[]>>;

export async function resetTables(session: Session): Promise<void> {
  await session.query(`
    truncate fettle.worker, fettle.instance, fettle.history, fettle.inbox, fettle.deadline, fettle.cron, fettle.attention, fettle.page,
      fettle.delivery restart identity;
    alter sequence fettle.instance_number restart;
    update fettle.lease set epoch = 0, owner = null`);
}

export async function storeTables(session: Session): Promise<Tables> {
  const read = async (text: string) => (await session.query<object>(text, [])).map((row) => JSON.stringify(Object.values(row)));
  return {
    instances:
      await read(`select id::float8, machine, key, labels ->> 'region' as region, parent::float8, parent_run, run, version, rev::float8, state, step,
      status, due is null as rests, attempt, extract(epoch from first_failure)::float8 * 1000 as failed, error, data, result
      from fettle.instance order by id`),
    history: await read(`select instance::float8, run, step, kind, from_state, to_state, attempt, detail, signal, by, why
      from fettle.history order by instance, run, id`),
    inbox: await read("select id::float8, instance::float8, run, kind, name, payload, by, why from fettle.inbox order by id"),
    deadlines:
      await read(`select instance::float8, number, reach, severity, say, extend_by, at < clock_timestamp() + interval '1 minute' as near,
      latest < clock_timestamp() + interval '1 minute' as latest from fettle.deadline order by instance, number`),
    cron: await read(
      "select instance::float8, run, step, extract(epoch from at)::float8 * 1000 as at, missed from fettle.cron order by instance",
    ),
    attention: await read(
      "select instance::float8, cause, kind, state, code, say, severity from fettle.attention order by instance, cause",
    ),
    pages: await read("select cause, count from fettle.page order by cause"),
    leases: await read("select range, epoch::float8, owner::text from fettle.lease order by range"),
    workers: await read("select id::text, asleep, expires > clock_timestamp() as alive from fettle.worker order by id"),
  };
}

export function modelTables(model: Model): Tables {
  const { instances, history, inbox, deadlines, cron, attention, pages, leases, workers } = model;
  const soon = model.now() + 60_000;
  const told = (rows: Iterable<readonly unknown[]>) => [...rows].map((row) => JSON.stringify(row));
  const byFirst = (one: readonly unknown[], other: readonly unknown[]) => Number(one[0]) - Number(other[0]);
  const byName = ([one]: readonly unknown[], [other]: readonly unknown[]) => (String(one) < String(other) ? -1 : 1);
  return {
    instances: told(
      [...instances.values()]
        .map((i) => [
          ...[i.id, i.machine, i.key, i.labels.region ?? null, i.parent, i.parentRun, i.run, i.version, i.rev, i.state, i.step],
          ...[i.status, i.due === null, i.attempt, i.firstFailure, i.error, i.data, i.result],
        ])
        .sort(byFirst),
    ),
    history: told(
      history
        .map((h) => [h.instance, h.run, h.step, h.kind, h.from, h.to, h.attempt, h.detail, h.signal, h.by, h.why])
        .sort((one, other) => byFirst(one, other) || byFirst(one.slice(1), other.slice(1))),
    ),
    inbox: told([...inbox.values()].map((m) => [m.id, m.instance, m.run, m.kind, m.name, m.payload, m.by, m.why]).sort(byFirst)),
    deadlines: told(
      [...deadlines.values()]
        .map((d) => [d.instance, d.number, d.reach, d.severity, d.say, d.by, d.at < soon, d.latest === null ? null : d.latest < soon])
        .sort((one, other) => byFirst(one, other) || Number(one[1]) - Number(other[1])),
    ),
    cron: told([...cron].map(([instance, c]) => [instance, c.run, c.step, c.at, c.missed]).sort(byFirst)),
    attention: told(
      [...attention.values()]
        .map((a) => [a.instance, a.cause, a.kind, a.state, a.code, a.say, a.severity])
        .sort((one, other) => byFirst(one, other) || byName(one.slice(1), other.slice(1))),
    ),
    pages: told([...pages].sort(byName)),
    leases: told([...leases].map(([range, { epoch, owner }]) => [range, epoch, owner])),
    workers: told([...workers].map(([id, { asleep }]) => [id, asleep, model.isAlive(id)]).sort(byName)),
  };
}
