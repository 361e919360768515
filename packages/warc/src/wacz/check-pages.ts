import { readLines } from "../cdx/lines.ts";
import type { Finding } from "../finding.ts";
import type { ZipEntry } from "../zip/entry.ts";
import { readEntry } from "../zip/open-entry.ts";
import type { ZipFile } from "../zip/zip-file.ts";
import { parseObject, parsePage } from "./page.ts";
import { waczFinding } from "./wacz-finding.ts";

/** Checks each line of a page list (WACZ 1.1.1, pages.jsonl). */
export async function* checkPages(zip: ZipFile, entry: ZipEntry): AsyncGenerator<Finding, void> {
  const decoder = new TextDecoder();
  for await (const { bytes, number: line, offset: at, isCut } of readLines(readEntry(zip, entry))) {
    const text = decoder.decode(bytes);
    if (line === 1 && parseObject(text)?.["format"] !== undefined) continue;
    if (line === 1) yield waczFinding("WACZ_NO_PAGES_HEADER", `${entry.name} does not begin with its format`, { entry, line, at });
    if (text.trim() === "") continue;
    const page = isCut ? "too long to be a page" : parsePage(text);
    if (typeof page === "string") yield waczFinding("WACZ_BAD_PAGE", `A line of ${entry.name} is ${page}`, { entry, line, at });
  }
}
