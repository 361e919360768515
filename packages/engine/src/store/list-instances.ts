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

/** The instances `i` that a filter selects, by its `values`. */
export const matches = `($1::text is null or i.machine = $1) and ($2::text is null or i.key = $2) and ($3::text is null or i.state = $3)
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
    `select ${columns} from fettle.instance i where i.id = $1::bigint`,
    [id],
  );
  return row && { ...row, labels: JSON.parse(row.labels) };
}

/** Instances whose keys look like the one asked for, the nearest first, at most three. */
export async function nearestKeys(session: Session, key: string): Promise<string[]> {
  const rows = await session.query<{ machine: string; key: string }>(
    `select machine, key from fettle.instance
     where lower(left(key, 1)) = lower(left($1::text, 1)) or position(lower($1::text) in lower(key)) > 0
     order by abs(length(key) - length($1::text)), key limit 1000`,
    [key],
  );
  return rows
    .map((row) => ({ name: `${row.machine} ${row.key}`, far: row.key.includes(key) ? 0 : distance(row.key, key) }))
    .filter(({ far }) => far <= Math.max(2, key.length / 3))
    .sort((one, other) => one.far - other.far)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Levenshtein's: how many letters to insert, delete or replace. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, replaced));
    }
    row = next;
  }
  return row[other.length] as number;
}

export function values(filter: Filter): unknown[] {
  const labels = filter.labels && Object.keys(filter.labels).length > 0 ? JSON.stringify(filter.labels) : null;
  return [filter.machine ?? null, filter.key ?? null, filter.state ?? null, filter.status ?? null, labels];
}
