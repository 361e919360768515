import { checkTimestamp, type Indexed, type LineFault, type ParsedLine, parseCount } from "./indexed.ts";

/** In the order in which every tool writes them. */
const names = ["url", "mime", "status", "digest", "redirect", "robotflags", "length", "offset", "filename"] as const;
const counts: ReadonlySet<string> = new Set(["status", "length", "offset"]);

/**
 * Reads `key time {"url": …}` without its line end. Also `key time type {…}` as OpenWayback has it, and a line that is nothing but an object
 * with `urlkey` and `timestamp` in it, as warcio.js writes.
 */
export function parseCdxj(line: string): ParsedLine {
  const split = splitLine(line);
  if (!split) {
    return {
      faults: [
        { code: "BAD_JSON", message: `Expected a key, a time and a JSON object, got ${line.slice(0, 80)}`, done: "skipped the line" },
      ],
    };
  }
  const { urlkey, timestamp, fields } = split;
  const faults: LineFault[] = [];
  checkTimestamp(timestamp, faults);
  return { entry: { urlkey, timestamp, ...readFields(fields, faults) }, faults };
}

/** Whether a line can be nothing but CDXJ, sound or not. */
export function looksLikeCdxj(line: string): boolean {
  return /^(?:\{|[^ ]+ [^ ]+ (?:[^ ]+ )?\{)/.test(line);
}

/** The line without its line end: numbers as strings, a blank after each colon and comma, as pywb, cdxj-indexer and jwarc write it. */
export function formatCdxj(entry: Indexed): string {
  const fields: string[] = [];
  const add = (name: string, value: unknown) => {
    if (value !== undefined) fields.push(`${JSON.stringify(name)}: ${JSON.stringify(typeof value === "number" ? String(value) : value)}`);
  };
  for (const name of names) add(name, entry[name]);
  for (const [name, value] of Object.entries(entry.others ?? {})) add(name, value);
  return `${entry.urlkey.replaceAll(" ", "%20")} ${entry.timestamp} {${fields.join(", ")}}`;
}

interface SplitLine {
  readonly urlkey: string;
  readonly timestamp: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function splitLine(line: string): SplitLine | undefined {
  const whole = line.startsWith("{") ? parseObject(line) : undefined;
  if (whole) return { urlkey: text(whole["urlkey"]) ?? "-", timestamp: text(whole["timestamp"]) ?? "", fields: whole };
  // A key may have braces; what follows the time is the first that counts.
  const first = line.indexOf(" ");
  const second = line.indexOf(" ", first + 1);
  const brace = line.indexOf("{", second);
  const fields = first < 1 || second === -1 || brace === -1 ? undefined : parseObject(line.slice(brace));
  return fields && { urlkey: line.slice(0, first), timestamp: line.slice(first + 1, second), fields };
}

function readFields(fields: Readonly<Record<string, unknown>>, faults: LineFault[]): Partial<Indexed> {
  const known: [string, unknown][] = [];
  const others: [string, unknown][] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name === "urlkey" || name === "timestamp") continue;
    const plain = text(value);
    if (!isName(name) || plain === undefined) others.push([name, value]);
    else if (!counts.has(name)) known.push([name, plain]);
    else if (plain !== "-") known.push([name, parseCount(plain, name, faults)]);
  }
  const said = Object.fromEntries(known.filter(([, value]) => value !== undefined));
  return others.length > 0 ? { ...said, others: Object.fromEntries(others) } : said;
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function isName(name: string): name is (typeof names)[number] {
  return names.some((known) => known === name);
}
