/** An entry of a page list (WACZ 1.1.1, pages.jsonl): where a reader of the collection may begin. */
export interface Page {
  readonly url: string;
  /** When it was captured (RFC 3339). */
  readonly ts: string;
  readonly title?: string;
  readonly id?: string;
  /** What a reader sees of it. */
  readonly text?: string;
}

/** The first line of a page list. */
export function formatPagesHeader(id: string, title: string): string {
  return JSON.stringify({ format: "json-pages-1.0", id, title });
}

/** Reads a line of a page list that is not its first; a sentence where it is none. What else it says stays in the page. */
export function parsePage(line: string): Page | string {
  const value = parseObject(line);
  if (!value) return "no JSON object";
  const { url, ts } = value;
  if (typeof url !== "string" || !URL.canParse(url)) return "without a url";
  if (typeof ts !== "string" || !isDateTime(ts)) return "without a ts in the form of RFC 3339";
  return { ...value, url, ts };
}

/** Whether the text is a date and time of RFC 3339, and one that there is. */
export function isDateTime(text: unknown): text is string {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return false;
  return !Number.isNaN(Date.parse(text));
}

/** A JSON text that is an object; undefined for anything else. */
export function parseObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
