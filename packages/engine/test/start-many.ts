import type { Machine, Store } from "../src/index.ts";

/** Starts a run of each key in one statement: a test of many has no time for a call each. */
export async function startMany(store: Store, machine: Machine, keys: readonly string[], data: object): Promise<void> {
  await store.reads.query(
    `select count(s.instance)::int from unnest($1::text[]) as k (key) cross join lateral fettle.start_run(
       ('x' || left(md5($2 || ' ' || k.key), 3))::bit(12)::int, $2, k.key, $3::int, $4, $5, '{}', false, '[]', null, null, 'test', '') as s`,
    [keys, machine.name, machine.version, machine.start, JSON.stringify(data)],
  );
}

export function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name} ${index}`);
}
