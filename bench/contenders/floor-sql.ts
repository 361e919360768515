import pg from "pg";
import { type Contender, dataOf, type Engine, type Entered, keyOf, states, type Work } from "./contender.ts";

/** Rows that one statement moves. */
const batch = 512;
const connections = 2;

type Order = "scattered" | "neighbours";

/**
 * The least that keeps the same promise, written by hand: a batch of rows moves to its next state in one statement, which checks the
 * epoch of the worker and writes a row of history for each. It knows nothing of timers, signals, retries, failures or machines.
 */
export function floor(order: Order): Contender {
  return {
    version: "SQL by hand, node-postgres",
    setup: `${connections} connections, ${batch} rows a statement, ${order}`,
    lacks: "timers, signals, retries, validation, leases: everything but the row, its history and the fence",
    share: 1,
    processes: 1,
    isQueue: false,
    hasOwnStore: false,
    open: (work) => open(work, order),
  };
}

async function open(work: Work, order: Order): Promise<Engine> {
  const pool = new pg.Pool({ connectionString: work.url, max: connections });
  await Promise.all(Array.from({ length: connections }, () => pool.query("select 1")));
  return {
    async load() {
      await pool.query(schema);
      await pool.query(insert, [work.keys, JSON.stringify(dataOf("KEY"))]);
    },
    async work(entered) {
      const ids = arranged(work.keys, order);
      const each = Math.ceil(ids.length / connections);
      const lanes = Array.from({ length: connections }, (_, lane) => ids.subarray(lane * each, (lane + 1) * each));
      await Promise.all(lanes.map((lane) => move(pool, lane, entered)));
    },
    async left() {
      const { rows } = await pool.query<{ left: number }>("select count(*)::int as left from instance where state <> 'done'");
      return rows[0]?.left ?? 0;
    },
    start: () => Promise.reject(new Error("BUG: the floor starts nothing")),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

async function move(pool: pg.Pool, ids: Int32Array, entered: Entered): Promise<void> {
  for (const [step, state] of states.entries()) {
    const next = states[step + 1] ?? "done";
    for (let from = 0; from < ids.length; from += batch) {
      const some = Array.from(ids.subarray(from, from + batch));
      for (const id of some) entered(state, keyOf(id));
      const data = some.map((id) => JSON.stringify(dataOf(keyOf(id), step + 1)));
      const answer = await pool.query({ name: "move", text: statement, values: [some, data, state, next, 1] });
      if (answer.rowCount !== some.length) throw new Error(`BUG: ${answer.rowCount} of ${some.length} rows left ${state}`);
    }
  }
}

function arranged(keys: number, order: Order): Int32Array {
  const ids = Int32Array.from({ length: keys }, (_, index) => index + 1);
  if (order === "neighbours") return ids;
  for (let last = keys - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [ids[last], ids[other]] = [ids[other] as number, ids[last] as number];
  }
  return ids;
}

const schema = `
  create table lease (epoch bigint not null);
  insert into lease values (1);
  create table instance (
    id bigint primary key,
    slot int not null,
    key text not null,
    state text not null,
    step int not null,
    since timestamptz not null,
    due timestamptz,
    data text not null
  ) with (fillfactor = 70);
  create table history (
    id bigint generated always as identity,
    slot int not null,
    instance bigint not null,
    step int not null,
    at timestamptz not null,
    from_state text,
    to_state text
  );
  create index on history (instance);
  create index on history using brin (id) with (pages_per_range = 16, autosummarize = on);
`;

const insert = `
  insert into instance
  select n, n % 4096, 'key-' || n, 'one', 0, clock_timestamp(), clock_timestamp(), replace($2, 'KEY', 'key-' || n)
  from generate_series(1, $1::int) n`;

const statement = `
  with fence as materialized (select from lease where epoch = $5::bigint for share),
  moved as (
    update instance i
    set state = $4, step = i.step + 1, since = clock_timestamp(), due = clock_timestamp(), data = c.data
    from unnest($1::bigint[], $2::text[]) as c (id, data)
    where i.id = c.id and i.state = $3 and exists (select from fence)
    returning i.id, i.slot, i.step
  )
  insert into history (slot, instance, step, at, from_state, to_state)
  select slot, id, step, clock_timestamp(), $3, $4 from moved`;
