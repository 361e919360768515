import { hexOf } from "../urlkey/percent.ts";
import { urlKey } from "../urlkey/surt.ts";
import { checkTimestamp, type Indexed, type LineFault, type ParsedLine, parseCount } from "./indexed.ts";

/** Which fields the lines of a CDX file have, a letter each, and what stands between them. */
export interface Legend {
  readonly separator: string;
  readonly letters: readonly string[];
}

export const cdx11: Legend = { separator: " ", letters: [..."NbamskrMSVg"] };
export const cdx9: Legend = { separator: " ", letters: [..."NbamskrVg"] };
/** As `cdx11` without robot flags. */
export const cdx10: Legend = { separator: " ", letters: [..."NbamskrSVg"] };

/** The letters of the Internet Archive's legend that name what we know by a name; all others are kept by their letter. */
const texts = { N: "urlkey", b: "timestamp", a: "url", m: "mime", k: "digest", r: "redirect", M: "robotflags", g: "filename" } as const;
const counts = { s: "status", S: "length", V: "offset" } as const;

/**
 * Reads a first line such as ` CDX N b a m s k r M S V g`: its first character is the separator, which some old files leave out.
 * Undefined where it is none.
 */
export function parseLegend(line: string): Legend | undefined {
  const start = line.startsWith("CDX") ? 0 : 1;
  const separator = line.charAt(start + 3);
  if (!line.startsWith("CDX", start) || !/^[^\w]$/.test(separator) || (start === 1 && line.charAt(0) !== separator)) return undefined;
  return {
    separator,
    letters: line
      .slice(start + 4)
      .split(separator)
      .filter((letter) => letter !== ""),
  };
}

export function formatLegend({ separator, letters }: Legend): string {
  return [`${separator}CDX`, ...letters].join(separator);
}

/**
 * Reads a line without its line end. With too many fields the URL is taken to have unencoded blanks, as old crawlers wrote it; with too few,
 * those at the end are missing.
 */
export function parseCdx(line: string, legend: Legend): ParsedLine {
  const faults: LineFault[] = [];
  const values = splitFields(line, legend, faults);
  const entry: Record<string, unknown> & { others?: Record<string, string> } = {};
  for (const [index, letter] of legend.letters.entries()) {
    const value = values[index];
    if (value === undefined || (value === "-" && letter !== "N")) continue;
    if (isText(letter)) entry[texts[letter]] = value;
    else if (isCount(letter)) Object.assign(entry, optional(counts[letter], parseCount(value, counts[letter], faults)));
    else (entry.others ??= {})[letter] = value;
  }
  const timestamp = entry["timestamp"];
  // wget's legend has the URL where others have the key.
  const urlkey = entry["urlkey"] ?? (typeof entry["url"] === "string" ? urlKey(entry["url"]) : undefined);
  if (typeof urlkey !== "string" || typeof timestamp !== "string") {
    const message = `Expected ${formatLegend(legend)}, got ${line.slice(0, 80)}`;
    return { faults: [{ code: "NO_KEY", message, done: "skipped the line" }] };
  }
  checkTimestamp(timestamp, faults);
  return { entry: { ...entry, urlkey, timestamp }, faults };
}

/**
 * The line without its line end; `-` stands for what is absent. A digest loses its label, which the format has no place for where it is
 * SHA-1, and separators inside a value are percent-encoded.
 */
export function formatCdx(entry: Indexed, legend: Legend): string {
  return legend.letters.map((letter) => formatField(valueOf(entry, letter), legend.separator)).join(legend.separator);
}

function valueOf(entry: Indexed, letter: string): unknown {
  if (letter === "k") return entry.digest?.replace(/^sha-?1:/i, "");
  if (isText(letter)) return entry[texts[letter]];
  if (isCount(letter)) return entry[counts[letter]];
  return entry.others?.[letter];
}

function formatField(value: unknown, separator: string): string {
  if (value === undefined || value === "") return "-";
  const text = String(value);
  const isPlain = !text.includes(separator) && !/[\r\n]/.test(text);
  return isPlain
    ? text
    : [...text].map((char) => (char === separator || char === "\r" || char === "\n" ? `%${hexOf(char.charCodeAt(0))}` : char)).join("");
}

function splitFields(line: string, { separator, letters }: Legend, faults: LineFault[]): string[] {
  const values = line.split(separator);
  const extra = values.length - letters.length;
  if (extra === 0) return values;
  const message = `Expected ${letters.length} fields, got ${values.length}`;
  const url = letters.indexOf("a");
  if (extra < 0 || url === -1) {
    faults.push({ code: "FIELD_COUNT", message, done: extra < 0 ? "took the last ones as absent" : "left out the last ones" });
    return values;
  }
  faults.push({ code: "FIELD_COUNT", message, done: "took the URL to have blanks" });
  return [...values.slice(0, url), values.slice(url, url + extra + 1).join(separator), ...values.slice(url + extra + 1)];
}

function isText(letter: string): letter is keyof typeof texts {
  return Object.hasOwn(texts, letter);
}

function isCount(letter: string): letter is keyof typeof counts {
  return Object.hasOwn(counts, letter);
}

function optional(name: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}
