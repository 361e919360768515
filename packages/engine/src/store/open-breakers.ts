import { textColumn } from "./arrays.ts";
import type { Session } from "./session.ts";

/** What a person reads of the open breakers of these machines, in one sentence; undefined when none is open. */
export async function openBreakers(session: Session, machines: readonly string[]): Promise<string | undefined> {
  const [row] = await session.query<{ says: string | null }>(
    `select string_agg(format('the breaker %s of %s%s is open', b.name, b.machine, case b.scope when '' then '' else ' for ' || b.scope end),
       '; ' order by b.machine, b.name, b.scope) as says
     from fettle.breaker b where b.opened is not null and b.machine = any (coalesce($1::text::text[], '{}'))`,
    [textColumn(machines, (name) => name)],
  );
  return row?.says ?? undefined;
}
