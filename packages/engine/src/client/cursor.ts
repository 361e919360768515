import { FettleError } from "../error.ts";

/** How far history was read: all ids up to `last` but those of the gaps, in which an entry may still come. */
export interface Cursor {
  readonly last: number;
  /** Ascending. */
  readonly gaps: readonly Gap[];
}

/** Ids that were not there when those around them were read: they are given out before the commit, or never used when it fails. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** The transactions that may have such an id are older than this one: once all of those are over, nothing comes any more. */
  readonly before: number;
}

/** The id alone; behind it, where there are gaps, each as `_from-to-before`: it needs no escaping in an address or a header. */
export function cursorText({ last, gaps }: Cursor): string {
  return [last, ...gaps.map(({ from, to, before }) => `${from}-${to}-${before}`)].join("_");
}

export function parseCursor(text: string): Cursor {
  if (!/^\d{1,16}(_\d{1,16}-\d{1,16}-\d{1,16})*$/.test(text)) {
    throw new FettleError("USAGE", `Cannot read the changes after ${text}: it is not what was answered as last`, {
      fix: "Give back what was answered as last, 0 for all that is kept, or nothing to begin now",
    });
  }
  const [last, ...gaps] = text.split("_");
  return {
    last: Number(last),
    gaps: gaps.map((gap) => {
      const [from = 0, to = 0, before = 0] = gap.split("-").map(Number);
      return { from, to, before };
    }),
  };
}

/** What lies between ids, which ascend, from the one after `after` on. */
export function missing(after: number, ids: readonly number[]): { from: number; to: number }[] {
  return ids.flatMap((id, index) => {
    const from = (ids[index - 1] ?? after) + 1;
    return from < id ? [{ from, to: id - 1 }] : [];
  });
}

/** What is left of a gap when entries with these ids, which ascend, have come. */
export function narrowed(gap: Gap, ids: readonly number[]): Gap[] {
  const within = ids.filter((id) => id >= gap.from && id <= gap.to);
  return missing(gap.from - 1, [...within, gap.to + 1]).map((part) => ({ ...part, before: gap.before }));
}
