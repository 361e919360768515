import { urlKey } from "../urlkey/surt.ts";

/**
 * The keys under which an index may have a URL: ours first, which is that of most tools, then those of warcio.js, which canonicalises less and
 * with which players and extensions in browsers write their indexes.
 */
export function writtenKeys(url: string): readonly string[] {
  return [...new Set([urlKey(url), ...keysOfBrowsers(url)])];
}

function keysOfBrowsers(url: string): readonly string[] {
  const lower = url.replace(/^(https?:\/\/)www\d*\./, "$1").toLowerCase();
  if (!/^https?:/.test(lower) || !URL.canParse(lower)) return [];
  const { hostname, port, pathname, search, searchParams } = new URL(lower);
  const start = `${hostname.split(".").reverse().join(",")}${port && `:${port}`})${pathname}`;
  if (search === "") return [start];
  const asWritten = search.slice(1).split("&").sort().join("&");
  // Earlier versions sorted by name, and wrote the whole query anew, with other escapes.
  searchParams.sort();
  return [`${start}?${asWritten}`, `${start}?${searchParams}`];
}
