import { query } from "../measure/postgres.ts";

export interface Population {
  readonly machine: string;
  readonly prefix: string;
  readonly count: number;
  /** They are due evenly spread over this time from now. */
  readonly due: { readonly fromMs: number; readonly toMs: number };
  /** They come slot by slot, which is quicker, and not as things are started: all over the slots. */
  readonly isSorted?: boolean;
}

/**
 * Copies the one instance of the machine that was started in the ordinary way, as if the copies had been started, been taken up and
 * fallen asleep long ago: ten million of them could not be in the time that a bench has.
 */
export async function cloneInstances(url: string, population: Population): Promise<void> {
  const { machine, prefix, count, due, isSorted = false } = population;
  const each = 1_000_000;
  for (let from = 1; from <= count; from += each) {
    const to = Math.min(from + each - 1, count);
    await query(url, statement, [machine, prefix, from, to, due.fromMs, (due.toMs - due.fromMs) / count, isSorted]);
  }
}

const statement = `
  insert into fettle.instance
  select copy.*
  from (select i as instance from fettle.instance i where i.machine = $1 and i.status = 'running' order by i.started limit 1) one
  cross join (
    select k.key, s.slot, n from generate_series($3::int, $4::int) n
    cross join lateral (select $2 || n as key) k
    cross join lateral (select ('x' || substr(md5($1 || ' ' || k.key), 1, 3))::bit(12)::int as slot) s
    order by case when $7::bool then s.slot else n end
  ) s
  cross join lateral jsonb_populate_record(one.instance, jsonb_build_object(
    'slot', s.slot,
    'id', (nextval('fettle.instance_number') << 12) + s.slot,
    'key', s.key,
    'due', clock_timestamp() + ($5::float8 + s.n * $6::float8) * interval '1 millisecond'
  )) copy`;
