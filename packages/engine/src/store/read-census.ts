import type { Session } from "./session.ts";

/** What waits for handlers and for people, of some ranges. */
export interface Census {
  /** Up to 100,000. */
  readonly messages: number;
  readonly attention: readonly { readonly kind: string; readonly machine: string; readonly state: string; readonly count: number }[];
}

/** The primary keys start with the slot, so only those ranges are read. */
export async function readCensus(session: Session, ranges: readonly number[]): Promise<Census> {
  const [inbox] = await session.query<{ messages: number }>(
    `select count(*)::int as messages from (
       select from unnest($1::int[]) as r (range)
       join fettle.inbox b on b.slot between r.range * 64 and r.range * 64 + 63 limit 100000
     ) as b`,
    [ranges],
  );
  const attention = await session.query<Census["attention"][number]>(
    `select a.kind, a.machine, a.state, count(*)::int as count from unnest($1::int[]) as r (range)
     join fettle.attention a on a.slot between r.range * 64 and r.range * 64 + 63 group by 1, 2, 3`,
    [ranges],
  );
  return { messages: inbox?.messages ?? 0, attention };
}
