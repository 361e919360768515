import type { BreakerSummary } from "../client/client.ts";
import { instant } from "./instant.ts";
import type { Session } from "./session.ts";

interface Raw {
  readonly machine: string;
  readonly name: string;
  readonly scope: string;
  readonly population: number;
  readonly opened: number | null;
  readonly let: number;
  readonly passing: boolean;
  readonly acts: string;
}

const columns = `b.machine, b.name, b.scope, b.population, extract(epoch from b.opened)::float8 * 1000 as opened, b.let, b.passing,
  b.acts::text as acts`;

/** Every breaker that has been asked, the open ones first. */
export async function readBreakers(session: Session): Promise<BreakerSummary[]> {
  const rows = await session.query<Raw>(
    `select ${columns} from fettle.breaker b order by b.opened is null, not b.passing, b.machine, b.name, b.scope limit 500`,
    [],
  );
  return rows.map(read);
}

/** Closes an open breaker, or lets `more` through; null when it is not open. */
export async function closeBreaker(
  session: Session,
  { machine, name, scope, more }: { readonly machine: string; readonly name: string; readonly scope: string; readonly more: number | null },
  by: string,
  why: string,
): Promise<BreakerSummary | null> {
  const [row] = await session.query<Raw>(`select ${columns} from fettle.close_breaker($1, $2, $3, $4::int, $5, $6) b`, [
    machine,
    name,
    scope,
    more,
    by,
    why,
  ]);
  return row ? read(row) : null;
}

function read({ opened, acts, ...row }: Raw): BreakerSummary {
  const told = JSON.parse(acts) as { by: string; why: string; let: number | null; at: number }[];
  return {
    ...row,
    opened: opened === null ? null : instant(opened),
    acts: told.map((act) => ({ ...act, at: instant(act.at) })),
  };
}
