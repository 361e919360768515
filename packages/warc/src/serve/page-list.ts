import type { Indexed } from "../cdx/indexed.ts";
import { prefixesOf } from "../cdx/look-up.ts";
import { parseIndexLine } from "../cdx/read.ts";
import type { SortedLines } from "../cdx/sorted-file.ts";

/** Rows of a page of the list. */
const rows = 50;

/** A part of the list of pages. */
export interface PageList {
  readonly pages: readonly Indexed[];
  /** Where the next part begins; undefined where there is none. */
  readonly next: string | undefined;
}

/**
 * The pages below a URL, by key and time: of a host alone also those of the hosts below it; all of them where it is empty. `from` is what
 * `next` was of the part before. The index has no
 * two pages of one key and time. Reads no more of it than it answers with.
 */
export async function listPages(index: SortedLines, url: string, from: string): Promise<PageList> {
  const pages: Indexed[] = [];
  for (const prefix of prefixesFor(url)) {
    if (from > prefix && !from.startsWith(prefix)) continue;
    const start = from > prefix ? from : prefix;
    for await (const bytes of index.from(encoder.encode(start))) {
      const line = decoder.decode(bytes);
      if (!line.startsWith(prefix)) break;
      const { entry } = parseIndexLine(line);
      if (!entry) continue;
      if (pages.length === rows) return { pages, next: `${entry.urlkey} ${entry.timestamp}` };
      pages.push(entry);
    }
  }
  return { pages, next: undefined };
}

function prefixesFor(url: string): readonly string[] {
  if (url === "") return [""];
  const bare = url.replace(/^https?:\/\//i, "");
  // In the order of the lines: `com,example)`, then `com,example,www)`.
  return [...prefixesOf(url, bare.includes("/") ? "prefix" : "domain")].sort();
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
