import { numberColumn } from "./arrays.ts";
import type { Session, Statement } from "./session.ts";
import { ranges as everyRange } from "./slot.ts";

export interface DueInstances {
  readonly machine: string;
  readonly ids: readonly number[];
  /** Milliseconds since 1970, one for each id. */
  readonly dues: readonly number[];
}

/** Every running instance of the ranges, by machine, in parts since they may be millions: while one is put to use, the next is read. */
export async function* loadSchedule(session: Session, ranges: readonly number[]): AsyncGenerator<DueInstances[]> {
  if (ranges.length <= few) {
    for (const range of ranges) yield scheduled(await session.run(ofRange, [range]));
    return;
  }
  const mask = Array.from({ length: everyRange }, (_, range) => (ranges.includes(range) ? 1 : 0)).join("");
  // Settled, so that one that fails while nobody waits for it yet is heard when it is waited for.
  const read = (after: number) => Promise.allSettled([session.run<PartRow>(nextPart, [mask, after])]);
  let part = read(-1);
  for (let last: number | null = -1; last !== null; ) {
    const [answer] = await part;
    if (answer.status === "rejected") throw answer.reason;
    last = answer.value[0]?.last ?? null;
    if (last !== null) part = read(last);
    // The driver sends it in the next turn of the event loop, and whoever puts this part to use keeps the loop from turning.
    await new Promise(setImmediate);
    yield scheduled(answer.value.filter((row) => row.machine !== null));
  }
}

/** Postgres arrays as texts, which cost less than rows. */
interface ScheduleRow {
  readonly machine: string;
  readonly ids: string;
  readonly dues: string;
}

interface PartRow extends ScheduleRow {
  /** The greatest id that this part may hold; null for the last part. */
  readonly last: number | null;
}

/** Up to so many, their own pages are fewer than all there are: each range has rows on every fifth page or so. */
const few = 4;
const lists = `machine, array_agg(id)::text as ids, array_agg(coalesce(ceil(date_part('epoch', due) * 1000), 0)::bigint)::text as dues`;

const ofRange: Statement = {
  name: "fettle_schedule_of_range",
  text: `select ${lists} from fettle.instance where slot between $1::int * 64 and $1::int * 64 + 63 and status = 'running' group by machine`,
};

// By id, which is the order of the rows in the table. A bit for each range: to look through a list of them would be half of the work.
const nextPart: Statement = {
  name: "fettle_schedule_part",
  text: `with part as materialized (
      select (select id from fettle.instance where id > $2::bigint order by id offset 9999 limit 1) as last
    )
    select part.last::float8 as last, r.* from part left join (
      select ${lists} from fettle.instance where id > $2::bigint and id <= (select coalesce(last, 9223372036854775807) from part)
      and status = 'running' and get_bit($1::bit(${everyRange}), (id & 4095)::int / 64) = 1 group by machine
    ) r on true`,
};

function scheduled(rows: readonly ScheduleRow[]): DueInstances[] {
  const numbers = (array: string) => array.slice(1, -1).split(",").map(Number);
  return rows.map(({ machine, ids, dues }) => ({ machine, ids: numbers(ids), dues: numbers(dues) }));
}

/** Instances of the ranges with a deadline within a minute: they run first. */
export async function loadNearDeadlines(session: Session, ranges: readonly number[]): Promise<number[]> {
  const rows = await session.query<{ id: number }>(
    `select distinct instance::float8 as id from fettle.deadline
     where at < now() + interval '1 minute' and slot / 64 = any ($1::text::int[])`,
    [numberColumn(ranges, (range) => range)],
  );
  return rows.map((row) => row.id);
}
