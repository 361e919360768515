/** Ranges that are neighbours, from the first to the last. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** The fewest spans that hold these ranges and no others: an index is searched once for each. */
export function spansOf(ranges: readonly number[]): Span[] {
  const spans: { first: number; last: number }[] = [];
  for (const range of ranges.toSorted((one, other) => one - other)) {
    const before = spans.at(-1);
    if (before && range <= before.last + 1) before.last = range;
    else spans.push({ first: range, last: range });
  }
  return spans;
}
