import type { Finding } from "../finding.ts";
import { store, type ZipEntry } from "../zip/entry.ts";
import type { ZipFile } from "../zip/zip-file.ts";
import { digestPath } from "./datapackage.ts";
import { isIndex } from "./open-index.ts";
import { waczFinding } from "./wacz-finding.ts";

/** Looks at the names of the files, and at how they lie in the ZIP file. */
export function checkLayout(zip: ZipFile): Finding[] {
  const files = filesOf(zip);
  return [...checkPresence(files), ...files.flatMap(checkFile)];
}

/** All but the folders, which some writers list too. */
export function filesOf({ entries }: ZipFile): readonly ZipEntry[] {
  return [...entries.values()].filter(({ name }) => !name.endsWith("/"));
}

export function isPageList(path: string): boolean {
  return /^pages\/[^/]+\.jsonl$/.test(path);
}

function checkPresence(files: readonly ZipEntry[]): Finding[] {
  const has = (test: (name: string) => boolean) => files.some(({ name }) => test(name));
  const found: Finding[] = [];
  if (!has(isArchive)) found.push(waczFinding("WACZ_NO_ARCHIVE", "There is no WARC file in archive/, expected one at least"));
  if (!has(isIndex)) found.push(waczFinding("WACZ_NO_INDEX", "There is no index in indexes/, expected one at least"));
  if (!has((name) => name === "pages/pages.jsonl")) found.push(waczFinding("WACZ_NO_PAGES", "There is no pages/pages.jsonl"));
  if (!has((name) => name === digestPath)) found.push(waczFinding("WACZ_NO_DIGEST", `There is no ${digestPath}`));
  return found;
}

function isArchive(path: string): boolean {
  return /^archive\/[^/]+\.warc(\.gz)?$/.test(path);
}

function checkFile(entry: ZipEntry): Finding[] {
  const { name, method } = entry;
  const found: Finding[] = [];
  const isSearched = name.startsWith("archive/") || /^indexes\/.*\.gz$/.test(name);
  if (isSearched && method !== store)
    found.push(waczFinding("WACZ_PACKED", `${name} is packed by the ZIP file, expected STORE so that it can be read in place`, { entry }));
  const isKnown = isArchive(name) || isIndex(name) || isPageList(name) || /^indexes\/[^/]+\.(idx|loc)$/.test(name);
  if (/^(archive|indexes|pages)\//.test(name) && !isKnown)
    found.push(waczFinding("WACZ_FOREIGN_FILE", `${name} is none of the files that belong in its folder`, { entry }));
  return found;
}
