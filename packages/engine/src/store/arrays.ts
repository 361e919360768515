/**
 * Columns of a batch, each as one text. The driver's own way of writing arrays looks at every element several times, which for a
 * batch of many columns costs more than everything else the worker does. Each is null for a column that is null in every row:
 * `unnest` fills it up.
 */

/** A Postgres array literal: `$1::text::bigint[]`. */
export function numberColumn<Row>(rows: readonly Row[], of: (row: Row) => number | null): string | null {
  const values = rows.map(of);
  if (values.every(isNull)) return null;
  return `{${values.map((value) => value ?? "NULL").join(",")}}`;
}

/** A Postgres array literal: `$1::text::text[]`. */
export function textColumn<Row>(rows: readonly Row[], of: (row: Row) => string | null): string | null {
  const values = rows.map(of);
  if (values.every(isNull)) return null;
  return `{${values.map((value) => (value === null ? "NULL" : quoted(value))).join(",")}}`;
}

/** JSON texts, which hold neither a line break nor nothing: `string_to_array($1, E'\\n', '')`. */
export function jsonColumn<Row>(rows: readonly Row[], of: (row: Row) => string | null): string | null {
  const values = rows.map(of);
  if (values.every(isNull)) return null;
  return values.join("\n");
}

function isNull(value: unknown): boolean {
  return value === null;
}

function quoted(value: string): string {
  return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, "\\$&") : value}"`;
}
