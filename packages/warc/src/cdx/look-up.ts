import { splitHost, urlKey } from "../urlkey/surt.ts";
import { startsWith } from "./byte-order.ts";
import { type Legend, parseLegend } from "./cdx.ts";
import type { Indexed } from "./indexed.ts";
import { parseIndexLine } from "./read.ts";
import type { SortedLines } from "./sorted-file.ts";

/**
 * Which captures are meant by a URL: its own; those of URLs that start with it; of all URLs of its host, whatever the port; of its host and of all
 * hosts below it.
 */
export type Match = "exact" | "prefix" | "host" | "domain";

export interface LookUpOptions {
  readonly match?: Match;
  /** Of a CDX index whose lines have other fields than their number tells. */
  readonly legend?: Legend;
}

/** The captures of a URL in an index, by key and time. Lines that cannot be read are left out; `readIndex` tells of them. */
export async function* lookUp(index: SortedLines, url: string | Uint8Array, options: LookUpOptions = {}): AsyncGenerator<Indexed> {
  for (const prefix of prefixesOf(url, options.match ?? "exact")) {
    const bytes = encoder.encode(prefix);
    for await (const line of index.from(bytes)) {
      if (!startsWith(line, bytes)) break;
      const { entry } = parseIndexLine(decoder.decode(line), options.legend);
      if (entry) yield entry;
    }
  }
}

/**
 * The capture of a URL whose time is nearest, the earlier of two that are as near. The time is in UTC and of 4 to 17 digits: `2020` is the
 * start of that year. Two searches, however many captures there are.
 */
export async function lookUpNearest(
  index: SortedLines,
  url: string | Uint8Array,
  timestamp: string,
  legend?: Legend,
): Promise<Indexed | undefined> {
  const key = `${urlKey(url)} `;
  const at = encoder.encode(key + timestamp);
  const earlier = parse(await index.before(at), key, legend);
  let later: Indexed | undefined;
  for await (const line of index.from(at)) {
    later = parse(line, key, legend);
    break;
  }
  if (!earlier || !later) return earlier ?? later;
  const wanted = timeOf(timestamp);
  return timeOf(later.timestamp) - wanted < wanted - timeOf(earlier.timestamp) ? later : earlier;
}

/** Of an index that has its header line, as sorted ones have it on top; for `lookUp`. */
export async function legendOf(index: SortedLines): Promise<Legend | undefined> {
  for await (const line of index.from(new Uint8Array())) return parseLegend(decoder.decode(line));
  return undefined;
}

/** What the lines that are meant start with; of several, each holds others. */
export function prefixesOf(url: string | Uint8Array, match: Match): readonly string[] {
  const key = urlKey(url);
  if (match === "exact") return [`${key} `];
  const host = splitHost(key);
  if (match === "prefix" || host === undefined) return [key];
  return match === "host" ? [`${host})`, `${host}:`] : [`${host})`, `${host},`, `${host}:`];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function parse(line: Uint8Array | undefined, key: string, legend: Legend | undefined): Indexed | undefined {
  const text = line && decoder.decode(line);
  return text?.startsWith(key) ? parseIndexLine(text, legend).entry : undefined;
}

/** Milliseconds since 1970; what is missing at the end of a time is its start. */
function timeOf(timestamp: string): number {
  const full = timestamp + "00000101000000000".slice(timestamp.length);
  const [year, month, day, hour, minute, second] = [0, 4, 6, 8, 10, 12].map((at) => Number(full.slice(at, at === 0 ? 4 : at + 2)));
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second, Number(full.slice(14, 17)));
}
