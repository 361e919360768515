import { startHash } from "#hash";
import type { RandomAccess } from "../bytes/input.ts";
import { encode } from "../digest/base.ts";
import type { Finding } from "../finding.ts";
import type { ZipEntry } from "../zip/entry.ts";
import { readEntry } from "../zip/open-entry.ts";
import type { ZipFile } from "../zip/zip-file.ts";
import { checkDatapackage, type Listed } from "./check-datapackage.ts";
import { checkDigestFile } from "./check-digest.ts";
import { checkBlocks, checkIndex } from "./check-index.ts";
import { checkLayout, filesOf, isPageList } from "./check-layout.ts";
import { checkPages } from "./check-pages.ts";
import { isIndex } from "./open-index.ts";
import { Wacz } from "./wacz.ts";
import { waczFinding } from "./wacz-finding.ts";

/**
 * What a WACZ file does not keep to (WACZ 1.1.1, and the ZIP specification): the layout, the lists, and each byte by its hash. The WARC files in
 * it are only hashed; their records are another matter. `name` is that of the file, or its URL. Unpacks no more than the sizes say. Throws only what the input throws.
 */
export async function* validateWacz(input: RandomAccess, name?: string): AsyncGenerator<Finding, void> {
  if (name !== undefined && !/\.wacz([?#].*)?$/i.test(name))
    yield waczFinding("WACZ_FILE_NAME", `The name ${name} does not end with .wacz`);
  const wacz = await Wacz.open(input);
  const { zip } = wacz;
  yield* zip.findings;
  if (zip.entries.size === 0) return;
  yield* checkLayout(zip);
  const { listed, findings } = checkDatapackage(zip, await wacz.datapackage());
  yield* findings;
  yield* checkDigestFile(zip);
  const expected = new Map(listed.map((one) => [one.entry, one]));
  for (const entry of filesOf(zip)) {
    yield* checkContent(zip, entry, expected.get(entry));
    if (isIndex(entry.name)) yield* checkIndex(zip, entry);
    if (/^indexes\/[^/]+\.idx$/.test(entry.name)) yield* checkBlocks(zip, entry);
    if (isPageList(entry.name)) yield* checkPages(zip, entry);
  }
}

/** Whether each file of the list is what `datapackage.json` says: the first step of a verification. */
export async function* checkContents(wacz: Wacz): AsyncGenerator<Finding, void> {
  const { listed, findings } = checkDatapackage(wacz.zip, await wacz.datapackage());
  yield* findings;
  for (const one of listed) yield* checkContent(wacz.zip, one.entry, one);
  yield* checkDigestFile(wacz.zip);
}

async function* checkContent(zip: ZipFile, entry: ZipEntry, expected: Listed | undefined): AsyncGenerator<Finding, void> {
  const { name } = entry;
  const found: Finding[] = [];
  const hash = expected?.hash && startHash(expected.hash.algorithm);
  let start: Uint8Array | undefined;
  for await (const bytes of readEntry(zip, entry, (finding) => found.push(finding))) {
    start ??= bytes;
    hash?.update(bytes);
  }
  yield* found;
  if (/^archive\/.*\.warc$/.test(name) && start?.[0] === 0x1f && start[1] === 0x8b)
    yield waczFinding("WACZ_ARCHIVE_NAME", `${name} is packed with gzip, and its name does not end with .warc.gz`, { entry });
  // What cannot be read is told already.
  if (found.length > 0 || !expected) return;
  if (expected.bytes !== undefined && expected.bytes !== entry.size)
    yield waczFinding("WACZ_BAD_SIZE", `${name} has ${entry.size} bytes, and should have ${expected.bytes}`, { entry });
  const computed = hash && encode("base16", hash.digest());
  if (computed !== undefined && computed !== expected.hash?.hex)
    yield waczFinding("WACZ_BAD_HASH", `${name} has ${expected.hash?.algorithm}:${computed}, expected ${expected.hash?.hex}`, { entry });
}
