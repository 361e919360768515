import type { Page } from "../client/page.ts";
import { readPagesById } from "./pages.ts";
import type { Session } from "./session.ts";

export interface PagerTest {
  /** Null: all that living workers have. */
  readonly ways: readonly string[] | null;
  /** Only those whose last test is from before this instant, in milliseconds since 1970; of several callers one gets each. */
  readonly testedBefore: number | null;
  /** A sentence for who receives it. */
  readonly say: string;
}

/** Has the workers send a test through ways. Its page is over from the start, so that nobody is called. Null when no way is to be tested. */
export async function testPager(session: Session, { ways, testedBefore, say }: PagerTest): Promise<Page | null> {
  const [row] = await session.query<{ id: number }>(
    `with tried as (
       update fettle.way set tested = clock_timestamp()
       where ($1::text[] is null or name = any ($1)) and ($2::float8 is null or tested < to_timestamp($2::float8 / 1000))
         and seen > clock_timestamp() - interval '10 minutes' and 'test' = any (hears)
       returning name
     ), made as (
       insert into fettle.page (cause, severity, say, machine, key, count, seen, resolved)
       select 'test', 'info', $3, 'fettle/pager', 'test', 1, 1, clock_timestamp() where exists (select from tried) returning id
     ), sent as (
       insert into fettle.delivery (page, round, via, act) select made.id, 0, tried.name, 'test' from made cross join tried
     )
     select id::float8 as id from made`,
    [ways, testedBefore, say],
  );
  if (!row) return null;
  const [page] = await readPagesById(session, [row.id]);
  return page ?? null;
}
