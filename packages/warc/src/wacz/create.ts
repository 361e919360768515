import { hashOf } from "#hash";
import { type RandomAccess, readChunks } from "../bytes/input.ts";
import { formatCdxj } from "../cdx/cdxj.ts";
import { packIndex } from "../cdx/pack.ts";
import { encode } from "../digest/base.ts";
import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";
import type { ByteSink } from "../zip/zip-writer.ts";
import { type Description, datapackagePath, digestPath, formatDatapackage, formatDigest, type MainPage } from "./datapackage.ts";
import { findPage, timeOf } from "./find-page.ts";
import { type Capture, indexArchive, nameInWacz } from "./index-archive.ts";
import { formatPagesHeader, type Page } from "./page.ts";
import { ResourceWriter, sha256Of } from "./resource-writer.ts";
import { type SigningKey, signHash } from "./signature/sign.ts";
import { memorySpool, type Spool, type SpoolOrder } from "./spool.ts";

/** A WARC file that goes into a WACZ file. */
export interface WaczSource {
  /** Without folders. In the WACZ file it ends with `.warc`, or `.warc.gz` where it is packed (WACZ 1.1.1, archive). */
  readonly name: string;
  readonly input: RandomAccess;
}

export interface CreateOptions extends Description {
  /** When the file is made; all times in it are this one, so that the same input gives the same bytes. */
  readonly created: Date;
  readonly mainPage?: MainPage;
  /** The pages that readers begin at; without it every HTML page that was answered with 200. */
  readonly pages?: AsyncIterable<Page> | Iterable<Page>;
  /** Whether those that are found are listed with their text, for players to search in. */
  readonly text?: boolean;
  /** Pages of a second list, `pages/extraPages.jsonl`. */
  readonly extraPages?: AsyncIterable<Page> | Iterable<Page>;
  /** Signs the file. */
  readonly key?: SigningKey;
  /** Keeps the index and the pages until they are written; in memory unless told. */
  readonly spool?: (order: SpoolOrder) => Spool;
  /** Is told what does not keep to the standard in the WARC files. */
  readonly report?: (finding: Finding, file: string) => void;
}

export interface Created {
  readonly captures: number;
  readonly pages: number;
  /** Of `datapackage.json`, and so of all that is in the file: `sha256:…`. */
  readonly hash: string;
}

/**
 * Writes WARC files into one WACZ file (1.1.1), with an index in blocks and a list of pages. Nothing in it is packed again, and it is written
 * from its start to its end. Throws `NOT_FOR_WACZ` and `ZIP_NAME_TAKEN` where an archive cannot go in, `NO_SUCH_PAGE` where the
 * main page is in none, and what the inputs and the sink throw.
 */
export async function createWacz(sources: readonly WaczSource[], sink: ByteSink, options: CreateOptions): Promise<Created> {
  const { created, spool = memorySpool, key, software = "@fettle/warc" } = options;
  const files = new ResourceWriter(sink, created);
  const index = spool("sorted");
  const pages = spool("as-added");
  let mainPage: MainPage | undefined;
  const counts = { captures: 0, pages: 0 };
  for (const source of sources)
    for await (const capture of addArchive(files, source, options.report)) {
      counts.captures++;
      mainPage ??= pageIfMain(capture, options.mainPage);
      await index.add(formatCdxj(capture));
      const page = options.pages ? undefined : await findPage(source.input, capture, { text: options.text ?? false });
      if (page) counts.pages += await addPage(pages, page);
    }
  if (options.mainPage && !mainPage) throw noSuchPage(options.mainPage);
  await addIndex(files, index);
  for await (const page of options.pages ?? []) counts.pages += await addPage(pages, page);
  await files.add("pages/pages.jsonl", withHeader(formatPagesHeader("pages", "All Pages"), pages));
  if (options.extraPages) await addExtraPages(files, options.extraPages, spool("as-added"));
  const text = encoder.encode(formatDatapackage({ ...options, software }, files.resources, created, mainPage));
  const hash = sha256Of(text);
  await files.addUnlisted(datapackagePath, text);
  const signature = key && (await signHash(hash, key, { created: created.toISOString(), software }));
  await files.addUnlisted(digestPath, encoder.encode(formatDigest(hash, signature)));
  await files.end();
  return { ...counts, hash };
}

const encoder = new TextEncoder();

/** Copies the archive as it is read. */
async function* addArchive(files: ResourceWriter, source: WaczSource, report: CreateOptions["report"]): AsyncGenerator<Capture, void> {
  const { input } = source;
  const name = await nameInWacz(source.name, input);
  const file = await files.begin(`archive/${name}`);
  async function* copied(): AsyncGenerator<Uint8Array> {
    for await (const bytes of readChunks(input, 0)) {
      await file.write(bytes);
      yield bytes;
    }
  }
  yield* indexArchive(input, copied(), name, (finding) => report?.(finding, source.name));
  await file.end();
}

/** In blocks, of which a player reads one to find a URL, and the list of the blocks. */
async function addIndex(files: ResourceWriter, index: Spool): Promise<void> {
  const name = "index.cdx.gz";
  const blocks = memorySpool("as-added");
  await blocks.add(`!meta 0 ${JSON.stringify({ format: "cdxj-gzip-1.0", filename: name })}`);
  const file = await files.begin(`indexes/${name}`);
  for await (const { key, offset, length, bytes } of packIndex(index.read())) {
    await file.write(bytes);
    await blocks.add(`${key} ${JSON.stringify({ offset, length, digest: sha256Of(bytes) })}`);
  }
  await file.end();
  await files.add("indexes/index.idx", blocks.read());
}

async function addExtraPages(files: ResourceWriter, extra: NonNullable<CreateOptions["extraPages"]>, pages: Spool): Promise<void> {
  for await (const page of extra) await addPage(pages, page);
  await files.add("pages/extraPages.jsonl", withHeader(formatPagesHeader("extra-pages", "Extra Pages"), pages));
}

async function addPage(pages: Spool, page: Page): Promise<1> {
  const id = encode("base16", hashOf("sha256", encoder.encode(`${page.url} ${page.ts}`))).slice(0, 20);
  await pages.add(JSON.stringify({ id, ...page }));
  return 1;
}

async function* withHeader(header: string, lines: Spool): AsyncGenerator<Uint8Array> {
  yield encoder.encode(`${header}\n`);
  yield* lines.read();
}

/** By seconds, since an index knows no less. */
function pageIfMain({ url, timestamp }: Capture, wanted: MainPage | undefined): MainPage | undefined {
  const ts = timeOf(timestamp);
  if (url !== wanted?.url) return undefined;
  return wanted.ts === undefined || Math.abs(Date.parse(wanted.ts) - Date.parse(ts)) < 1000 ? { url, ts } : undefined;
}

function noSuchPage({ url, ts }: MainPage): WarcError {
  const message = `Cannot make ${url} the main page: no archive holds it${ts === undefined ? "" : ` of ${ts}`}`;
  return new WarcError("NO_SUCH_PAGE", message, "Give a URL, and the time of its capture, as warc ls prints them");
}
