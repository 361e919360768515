import type { Cause } from "../client/page.ts";
import { instant } from "./instant.ts";
import type { Session } from "./session.ts";

type Raw = Omit<Cause, "since" | "page" | "examples"> & { readonly since: number; readonly examples: string };

/** What needs a person, grouped by cause: the most severe first, then what most things have. */
export async function readAttention(session: Session): Promise<Omit<Cause, "page">[]> {
  const rows = await session.query<Raw>(
    `select cause, min(kind) as kind, min(machine) as machine, min(state) as state, min(code) as code, min(say) as say, count(*)::int as count,
       extract(epoch from min(at))::float8 * 1000 as since, (array_to_json((array_agg(key order by at))[1:5]))::text as examples
     from fettle.attention group by cause
     order by min(case severity when 'critical' then 0 when 'warning' then 1 else 2 end), count(*) desc, min(at)`,
    [],
  );
  return rows.map((row) => ({ ...row, since: instant(row.since), examples: JSON.parse(row.examples) }));
}
