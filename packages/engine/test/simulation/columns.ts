/** Reads what store/arrays.ts writes: the columns of a batch, as Postgres does. A column that is null is null in every row. */

/** `{1,NULL,2.5}` */
export function numbers(column: unknown): (number | null)[] {
  if (column === null || column === "{}") return [];
  return String(column)
    .slice(1, -1)
    .split(",")
    .map((text) => (text === "NULL" ? null : Number(text)));
}

/** `{"a","with \" and \\",NULL}` */
export function texts(column: unknown): (string | null)[] {
  if (column === null) return [];
  return [...String(column).matchAll(/"((?:[^"\\]|\\.)*)"|NULL/g)].map(([, quoted]) => quoted?.replace(/\\(.)/g, "$1") ?? null);
}

/** One a line; an empty line is null. */
export function lines(column: unknown): (string | null)[] {
  if (column === null) return [];
  return String(column)
    .split("\n")
    .map((text) => text || null);
}
