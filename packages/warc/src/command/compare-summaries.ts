import { parseSummary, type Summary } from "./summarise.ts";

/** In what two archives differ: a record that only one of them has, or the same one with other fields or another block. */
export type Change =
  | { readonly kind: "removed" | "added"; readonly record: Summary }
  | { readonly kind: "changed"; readonly before: Summary; readonly after: Summary; readonly what: readonly ("fields" | "block")[] };

/** Walks over two lists that are sorted by their keys. Of several records with one key, the first is compared with the first, and so on. */
export async function* compareSummaries(a: AsyncIterator<string>, b: AsyncIterator<string>): AsyncGenerator<Change> {
  let before = await next(a);
  let after = await next(b);
  while (before && after) {
    if (before.key === after.key) {
      const what = differences(before, after);
      if (what.length > 0) yield { kind: "changed", before, after, what };
      [before, after] = [await next(a), await next(b)];
    } else if (before.key < after.key) {
      yield { kind: "removed", record: before };
      before = await next(a);
    } else {
      yield { kind: "added", record: after };
      after = await next(b);
    }
  }
  for (; before; before = await next(a)) yield { kind: "removed", record: before };
  for (; after; after = await next(b)) yield { kind: "added", record: after };
}

async function next(lines: AsyncIterator<string>): Promise<Summary | undefined> {
  const { done, value } = await lines.next();
  return done ? undefined : parseSummary(value);
}

function differences(a: Summary, b: Summary): ("fields" | "block")[] {
  return (["fields", "block"] as const).filter((part) => a[part] !== b[part]);
}
