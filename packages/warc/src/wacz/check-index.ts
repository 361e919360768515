import { readChunks } from "../bytes/input.ts";
import { accessPart } from "../bytes/part.ts";
import { unpackBytes } from "../bytes/unpack-bytes.ts";
import { compareBytes } from "../cdx/byte-order.ts";
import { parseCdxj } from "../cdx/cdxj.ts";
import type { Indexed } from "../cdx/indexed.ts";
import { readLines } from "../cdx/lines.ts";
import type { Finding } from "../finding.ts";
import type { ZipEntry } from "../zip/entry.ts";
import { openStored, readEntry } from "../zip/open-entry.ts";
import type { ZipFile } from "../zip/zip-file.ts";
import { parseObject } from "./page.ts";
import { sha256Through } from "./resource-writer.ts";
import { waczFinding } from "./wacz-finding.ts";

/** Checks each line of an index: that it is CDXJ, stands where a search finds it, and names a place that there is (WACZ 1.1.1, indexes). */
export async function* checkIndex(zip: ZipFile, entry: ZipEntry): AsyncGenerator<Finding, void> {
  const decoder = new TextDecoder();
  let last = new Uint8Array(0);
  for await (const { bytes, number: line, offset: at, isCut } of readLines(unpackBytes(readEntry(zip, entry)))) {
    if (bytes.length === 0 || bytes[0] === exclamation) continue;
    const place = { entry, line, at };
    if (compareBytes(bytes, last) < 0)
      yield waczFinding("WACZ_INDEX_ORDER", `A line of ${entry.name} should stand before the one above it: it is not found`, place);
    last = bytes.slice();
    const { entry: capture, faults } = parseCdxj(decoder.decode(bytes));
    const problem = isCut ? "it is too long" : faults[0]?.message;
    if (!capture || problem) yield waczFinding("WACZ_BAD_INDEX_LINE", `A line of ${entry.name} cannot be read: ${problem}`, place);
    else if (!isThere(zip, capture))
      yield waczFinding("WACZ_INDEX_PLACE", `A line of ${entry.name} names bytes that there are not in ${capture.filename}`, place);
  }
}

/** A header line, `!meta`. */
const exclamation = 0x21;

function isThere(zip: ZipFile, { filename, offset, length }: Indexed): boolean {
  const archive = zip.entries.get(`archive/${filename}`);
  return archive !== undefined && offset !== undefined && offset + (length ?? 1) <= archive.size;
}

/** Checks a list of blocks: that each names bytes of its index, and that they are those it was made of. */
export async function* checkBlocks(zip: ZipFile, entry: ZipEntry): AsyncGenerator<Finding, void> {
  const indexEntry = zip.entries.get(entry.name.replace(/\.idx$/, ".cdx.gz")) ?? zip.entries.get(entry.name.replace(/\.idx$/, ".cdxj.gz"));
  const index = indexEntry && (await openStored(zip, indexEntry));
  if (!index) return yield waczFinding("WACZ_BAD_BLOCK", `There is no index that ${entry.name} lists the blocks of`, { entry });
  for await (const { bytes, number: line, offset: at } of readLines(readEntry(zip, entry))) {
    const text = new TextDecoder().decode(bytes);
    if (text === "" || text.startsWith("!")) continue;
    const { offset, length, digest } = parseObject(text.slice(text.indexOf("{"))) ?? {};
    const place = { entry, line, at };
    if (typeof offset !== "number" || typeof length !== "number" || offset < 0 || offset + length > index.size)
      yield waczFinding("WACZ_BAD_BLOCK", `A line of ${entry.name} names no block of its index`, place);
    else if (digest !== undefined && digest !== (await sha256Through(readChunks(accessPart(index, offset, length), 0))))
      yield waczFinding("WACZ_BAD_BLOCK", `The block at ${offset} of ${indexEntry.name} is another than ${entry.name} says`, place);
  }
}
