import { firstBytes } from "../bytes/first-bytes.ts";
import { accessBytes } from "../bytes/part.ts";
import { unpackBytes } from "../bytes/unpack-bytes.ts";
import { Cluster } from "../cdx/cluster.ts";
import { SortedFile, type SortedLines } from "../cdx/sorted-file.ts";
import type { ZipEntry } from "../zip/entry.ts";
import { openStored, readEntry } from "../zip/open-entry.ts";
import type { ZipFile } from "../zip/zip-file.ts";
import { ScannedLines } from "./scanned-lines.ts";

/** A list of blocks is searched in memory where it is packed; of a longer one no use is made. */
const longestBlocks = 1 << 26;

/** The indexes of a WACZ file (1.1.1, indexes), each to be searched in the way that its packing allows. */
export async function openIndexes(zip: ZipFile): Promise<readonly SortedLines[]> {
  const opened: SortedLines[] = [];
  for (const entry of zip.entries.values()) if (isIndex(entry.name)) opened.push(await openIndex(zip, entry));
  return opened;
}

/** Whether a file of a WACZ file is an index; the list of an index's blocks is none. */
export function isIndex(path: string): boolean {
  return /^indexes\/[^/]+\.cdxj?(\.gz)?$/.test(path);
}

async function openIndex(zip: ZipFile, entry: ZipEntry): Promise<SortedLines> {
  const stored = await openStored(zip, entry);
  if (!entry.name.endsWith(".gz")) return stored ? new SortedFile(stored, entry.name) : new ScannedLines(() => readEntry(zip, entry));
  const blocks = zip.entries.get(entry.name.replace(/\.cdxj?\.gz$/, ".idx"));
  if (!stored || !blocks || blocks.size > longestBlocks) return new ScannedLines(() => unpackBytes(readEntry(zip, entry)));
  const idx = (await openStored(zip, blocks)) ?? accessBytes(await firstBytes(readEntry(zip, blocks), longestBlocks));
  return new Cluster(idx, async () => stored);
}
