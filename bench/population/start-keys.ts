import type { Session } from "./session.ts";

export interface Keys {
  readonly machine: string;
  readonly state: string;
  /** JSON; KEY in it stands for the key. */
  readonly data: string;
  readonly from: number;
  readonly to: number;
}

/** Starts key-FROM to key-TO by the SQL function that the client itself calls, many in one statement, on all sessions at once. */
export async function startKeys(sessions: readonly Session[], keys: Keys): Promise<void> {
  const each = 5_000;
  let next = keys.from;
  const lane = async (session: Session) => {
    while (next <= keys.to) {
      const from = next;
      next += each;
      await session.query(statement, [from, Math.min(from + each - 1, keys.to), keys.machine, keys.state, keys.data]);
    }
  };
  await Promise.all(sessions.map(lane));
}

const statement = `
  select count(s.instance)::int as started
  from generate_series($1::int, $2::int) n
  cross join lateral (select 'key-' || n as key) k
  cross join lateral fettle.start_run(
    ('x' || substr(md5($3 || ' ' || k.key), 1, 3))::bit(12)::int,
    $3, k.key, 1, $4, replace($5, 'KEY', k.key), '{}', true, '[]', null, null, 'bench', ''
  ) s`;
