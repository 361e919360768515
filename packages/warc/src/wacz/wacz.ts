import { firstBytes } from "../bytes/first-bytes.ts";
import type { RandomAccess } from "../bytes/input.ts";
import { accessPart } from "../bytes/part.ts";
import { startsWith } from "../cdx/byte-order.ts";
import { parseCdxj } from "../cdx/cdxj.ts";
import type { Indexed } from "../cdx/indexed.ts";
import { readLines } from "../cdx/lines.ts";
import { type LookUpOptions, lookUp } from "../cdx/look-up.ts";
import type { SortedLines } from "../cdx/sorted-file.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { openStored, readEntry } from "../zip/open-entry.ts";
import { openZip, type ZipFile } from "../zip/zip-file.ts";
import { datapackagePath } from "./datapackage.ts";
import { openIndexes } from "./open-index.ts";
import { type Page, parseObject, parsePage } from "./page.ts";
import { writtenKeys } from "./written-keys.ts";

/** Bytes of a `datapackage.json` that are read. It lists files, of which there are few. */
export const longestDatapackage = 1 << 24;

/**
 * A WACZ file that is read where it lies, also over HTTP (WACZ 1.1.1, processing model). It reads what it can, and passes over the rest without
 * a word: `validateWacz` tells what is wrong.
 */
export class Wacz {
  readonly zip: ZipFile;
  #indexes: Promise<readonly SortedLines[]> | undefined;

  private constructor(zip: ZipFile) {
    this.zip = zip;
  }

  /** Reads the list of files. Throws only what the input throws. */
  static async open(input: RandomAccess): Promise<Wacz> {
    return new Wacz(await openZip(input));
  }

  /** What the collection says of itself, as it stands in `datapackage.json`; undefined where there is none that can be read. */
  async datapackage(): Promise<Readonly<Record<string, unknown>> | undefined> {
    const entry = this.zip.entries.get(datapackagePath);
    if (!entry || entry.size > longestDatapackage) return undefined;
    return parseObject(new TextDecoder().decode(await firstBytes(readEntry(this.zip, entry), longestDatapackage)));
  }

  /** The pages of a list in their order. */
  async *pages(path = "pages/pages.jsonl"): AsyncGenerator<Page, void> {
    const entry = this.zip.entries.get(path);
    if (!entry) return;
    for await (const { bytes } of readLines(readEntry(this.zip, entry))) {
      const page = parsePage(new TextDecoder().decode(bytes));
      if (typeof page !== "string") yield page;
    }
  }

  /**
   * The captures of a URL, of one index after another, under each key that a writer may have given it. With a `match` those of more URLs, as
   * `lookUp` has it. Throws `DAMAGED_CLUSTER` where an index does not hold together.
   */
  async *lookUp(url: string, options: LookUpOptions = {}): AsyncGenerator<Indexed, void> {
    const { match = "exact" } = options;
    this.#indexes ??= openIndexes(this.zip);
    for (const index of await this.#indexes)
      if (match === "exact") for (const key of writtenKeys(url)) yield* findKey(index, key);
      else yield* lookUp(index, url, options);
  }

  /** The record of a capture, which is read as this generator stands at it; none where it is not there. */
  async *read({ filename, offset, length }: Indexed): AsyncGenerator<ArchiveRecord, void> {
    const entry = filename === undefined ? undefined : this.zip.entries.get(`archive/${filename}`);
    const archive = entry && (await openStored(this.zip, entry));
    if (!archive || offset === undefined) return;
    const end = length === undefined ? archive.size : Math.min(archive.size, offset + length);
    for await (const record of readRecords(accessPart(archive, 0, end), { offset })) {
      yield record;
      return;
    }
  }
}

async function* findKey(index: SortedLines, key: string): AsyncGenerator<Indexed, void> {
  const start = new TextEncoder().encode(`${key} `);
  for await (const line of index.from(start)) {
    if (!startsWith(line, start)) return;
    const { entry } = parseCdxj(new TextDecoder().decode(line));
    if (entry) yield entry;
  }
}
