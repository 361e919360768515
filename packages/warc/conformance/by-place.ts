/** What has a place in an archive, and a code. */
interface Placed {
  readonly code: string;
  readonly offset: number;
  readonly plainOffset: number;
}

/** By where it is, and then by its code: the order in which the findings of a file are told here. */
export function byPlace(one: Placed, other: Placed): number {
  return one.plainOffset - other.plainOffset || one.offset - other.offset || (one.code < other.code ? -1 : one.code > other.code ? 1 : 0);
}
