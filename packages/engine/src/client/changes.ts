import { lastChange, readBetween, readChanges, readTransactions } from "../store/read-history.ts";
import type { Session } from "../store/session.ts";
import type { Changes, HistoryEntry } from "./client.ts";
import { type Cursor, cursorText, type Gap, missing, narrowed, parseCursor } from "./cursor.ts";

const mostEntries = 1000;
/** A page ends before it would have more of them, and the oldest of twice as many are given up: a cursor must fit into an address. */
const mostGaps = 32;

/**
 * An id is given out before its entry is committed, so one may come after greater ones were read. What is missing between those is
 * kept in the cursor and looked for again until every transaction that ran then is over: nothing is held back, and nothing written for it.
 */
export async function changesAfter(session: Session, after: string | undefined): Promise<Changes> {
  if (after === undefined) return { entries: [], last: cursorText(await fromNowOn(session)) };
  const cursor = parseCursor(after);
  const { late, open } = await readLate(session, cursor.gaps);
  const { page, gaps } = await readPage(session, cursor.last, mostEntries - late.length);
  const last = page.at(-1)?.id ?? cursor.last;
  return { entries: [...late, ...page], last: cursorText({ last, gaps: [...open, ...gaps].slice(-2 * mostGaps) }) };
}

/** After the newest id that was given out. What is missing right before it may still be committed. */
async function fromNowOn(session: Session): Promise<Cursor> {
  const last = await lastChange(session);
  const base = Math.max(0, last - mostEntries);
  const ids = (await readChanges(session, base, mostEntries)).map(({ id }) => id).filter((id) => id <= last);
  const gaps = missing(base, [...ids, last + 1]);
  return { last, gaps: await dated(session, gaps.slice(-2 * mostGaps)) };
}

/** What has come in gaps, and what of them is still open. */
async function readLate(session: Session, gaps: readonly Gap[]): Promise<{ late: HistoryEntry[]; open: Gap[] }> {
  if (gaps.length === 0) return { late: [], open: [] };
  // Before the reading: all that was over by then is seen by it.
  const { oldest } = await readTransactions(session);
  const late: HistoryEntry[] = [];
  // Not all in one statement: Postgres plans well for the bounds that it is told, and badly for those of a table of gaps.
  for (const { from, to } of gaps) late.push(...(await readBetween(session, from, to, mostEntries - late.length)));
  const ids = late.map(({ id }) => id);
  const readUpTo = late.length < mostEntries ? Number.POSITIVE_INFINITY : (ids.at(-1) ?? 0);
  const rest = gaps.flatMap((gap) => narrowed(gap, ids));
  return { late, open: rest.filter((gap) => gap.before > oldest || gap.to > readUpTo) };
}

async function readPage(session: Session, after: number, most: number): Promise<{ page: readonly HistoryEntry[]; gaps: readonly Gap[] }> {
  const page = most > 0 ? await readChanges(session, after, most) : [];
  const gaps = missing(
    after,
    page.map(({ id }) => id),
  );
  const tooMany = gaps[mostGaps];
  return {
    page: tooMany ? page.filter(({ id }) => id < tooMany.from) : page,
    gaps: await dated(session, gaps.slice(0, mostGaps)),
  };
}

/** After the reading: whoever had an id by then is older than the next. */
async function dated(session: Session, gaps: readonly { from: number; to: number }[]): Promise<Gap[]> {
  if (gaps.length === 0) return [];
  const { next } = await readTransactions(session);
  return gaps.map((gap) => ({ ...gap, before: next }));
}
