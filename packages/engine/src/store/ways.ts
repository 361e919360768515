import type { Act, WaySummary } from "../client/page.ts";
import { instantOrNull } from "./instant.ts";
import type { Session } from "./session.ts";

/** A way as a worker knows it. Milliseconds. */
export interface WayPlan {
  readonly name: string;
  readonly after: number;
  readonly repeat: number;
  readonly hears: readonly Act[];
}

export interface WayRow extends Omit<WaySummary, "worked" | "failing"> {
  /** Some worker has it: it was seen within ten minutes. */
  readonly living: boolean;
  readonly worked: number | null;
  readonly failing: number | null;
}

/** Says which ways this worker has. One that no worker has had for ten minutes is not called, and after an hour it is forgotten. */
export async function keepWays(session: Session, ways: readonly WayPlan[]): Promise<void> {
  await session.query(
    `with kept as (
       insert into fettle.way (name, after_ms, repeat_ms, hears)
       select w.name, w.after, w.repeat, array(select jsonb_array_elements_text(w.hears))
       from jsonb_to_recordset($1::jsonb) as w (name text, after float8, repeat float8, hears jsonb) order by w.name
       on conflict (name) do update set after_ms = excluded.after_ms, repeat_ms = excluded.repeat_ms, hears = excluded.hears,
         seen = clock_timestamp()
     )
     delete from fettle.way where seen < clock_timestamp() - interval '1 hour' and name <> all ($2::text[])`,
    [JSON.stringify(ways), ways.map(({ name }) => name)],
  );
}

/** In the order in which they are called. */
export async function readWays(session: Session): Promise<WayRow[]> {
  return session.query<WayRow>(
    `select name, after_ms as after, repeat_ms as repeat, seen > clock_timestamp() - interval '10 minutes' as living,
       extract(epoch from worked)::float8 * 1000 as worked, extract(epoch from failing)::float8 * 1000 as failing
     from fettle.way order by after_ms, name`,
    [],
  );
}

export function waySummary({ name, after, repeat, worked, failing }: WayRow): WaySummary {
  return { name, after, repeat, worked: instantOrNull(worked), failing: instantOrNull(failing) };
}

/** The cause that a way is on the attention list under when nothing gets through it. Its page never goes through the way itself. */
export function failingCause(way: string): string {
  return `delivery:${way}`;
}

export function isAbout(page: { readonly cause: string }, way: { readonly name: string }): boolean {
  return page.cause === failingCause(way.name);
}
