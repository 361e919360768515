import type { Filter, StateCount, Status } from "../client/client.ts";
import type { Labels } from "../machine/machine.ts";
import type { Session } from "./session.ts";

/** An instance as people see it. Instants are milliseconds since 1970; data and result are JSON. */
export interface SeenInstance {
  readonly id: number;
  readonly machine: string;
  readonly key: string;
  readonly labels: Labels;
  readonly run: number;
  readonly version: number;
  readonly started: number;
  readonly state: string;
  readonly step: number;
  readonly since: number;
  readonly status: Status;
  readonly due: number | null;
  readonly attempt: number;
  readonly error: string | null;
  readonly data: string;
  readonly result: string | null;
  readonly parent: number | null;
}

const columns = `i.id::float8 as id, i.machine, i.key, i.labels::text as labels, i.run, i.version, i.state, i.step, i.status, i.attempt, i.error, i.data, i.result,
  i.parent::float8 as parent, extract(epoch from i.started)::float8 * 1000 as started, extract(epoch from i.since)::float8 * 1000 as since,
  extract(epoch from i.due)::float8 * 1000 as due`;

const matches = `($1::text is null or i.machine = $1) and ($2::text is null or i.key = $2) and ($3::text is null or i.state = $3)
  and ($4::text is null or i.status = $4) and ($5::jsonb is null or i.labels @> $5)`;

/** Matching instances, those stuck first, then the newest state first. */
export async function listInstances(session: Session, filter: Filter, limit: number): Promise<SeenInstance[]> {
  const rows = await session.query<Omit<SeenInstance, "labels"> & { labels: string }>(
    `select ${columns} from fettle.instance i where ${matches}
     order by i.status = 'stuck' desc, i.status = 'done', i.since desc, i.id limit $6::int`,
    [...values(filter), limit],
  );
  return rows.map((row) => ({ ...row, labels: JSON.parse(row.labels) }));
}

export function countStates(session: Session, filter: Filter): Promise<StateCount[]> {
  return session.query(
    `select i.machine, i.state, i.status, count(*)::int as count from fettle.instance i where ${matches}
     group by 1, 2, 3 order by 1, 2, 3`,
    values(filter),
  );
}

/** A parent by its id. */
export async function findById(session: Session, id: number): Promise<SeenInstance | undefined> {
  const [row] = await session.query<Omit<SeenInstance, "labels"> & { labels: string }>(
    `select ${columns} from fettle.instance i where i.slot = ($1::bigint >> 41)::int and i.id = $1::bigint`,
    [id],
  );
  return row && { ...row, labels: JSON.parse(row.labels) };
}

/** Keys that look like the one asked for, the nearest first. */
export async function nearestKeys(session: Session, key: string): Promise<string[]> {
  const rows = await session.query<{ name: string }>(
    `select machine || ' ' || key as name from fettle.instance
     where lower(key) like '%' || replace(replace(replace(lower($1::text), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'
        or lower(left(key, 3)) = lower(left($1::text, 3))
     order by abs(length(key) - length($1::text)), key limit 3`,
    [key],
  );
  return rows.map((row) => row.name);
}

function values(filter: Filter): unknown[] {
  const labels = filter.labels && Object.keys(filter.labels).length > 0 ? JSON.stringify(filter.labels) : null;
  return [filter.machine ?? null, filter.key ?? null, filter.state ?? null, filter.status ?? null, labels];
}
