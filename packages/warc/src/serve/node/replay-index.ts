import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { type OpenFile, openFile } from "../../bytes/file.ts";
import { formatCdxj } from "../../cdx/cdxj.ts";
import type { Indexed } from "../../cdx/indexed.ts";
import { sortIndex } from "../../cdx/node/sort.ts";
import { readIndex } from "../../cdx/read.ts";
import { SortedFile } from "../../cdx/sorted-file.ts";
import { captureOf, isPage } from "../capture.ts";
import { detailsOf } from "../find-capture.ts";
import { readFrom } from "../record-place.ts";

/** Told now and then while archives are read. */
export type Progress = (so: { readonly file: string; readonly records: number; readonly captures: number }) => void;

/** What can be replayed of some archives, in sorted files: in bounded memory, however many captures. */
export interface ReplayIndex extends AsyncDisposable {
  readonly captures: SortedFile;
  /** Of the captures, those that a person would read; one of a URL and second. */
  readonly pages: SortedFile;
  readonly counts: { readonly captures: number; readonly pages: number };
  /** Opens the archive that a capture names. */
  openArchive(filename: string): Promise<OpenFile>;
}

/** Reads the archives, and makes its files in a folder that is the caller's to remove. Throws what the system says where one cannot be read; what is wrong in one is passed over, as the reader does. */
export async function buildReplayIndex(files: readonly string[], folder: string, progress: Progress): Promise<ReplayIndex> {
  await using undo = new AsyncDisposableStack();
  const sorted = join(folder, "captures.cdxj");
  const captures = await sortIndex([{ name: "the captures", bytes: readCaptures(files, progress) }], sorted, {
    unique: true,
    memory: 4 << 20,
  });
  const listed = join(folder, "pages.cdxj");
  const pages = await writePages(sorted, listed);
  const opened = [undo.use(await openFile(sorted)), undo.use(await openFile(listed))] as const;
  const held = undo.move();
  return {
    captures: new SortedFile(opened[0], "the index of captures"),
    pages: new SortedFile(opened[1], "the index of pages"),
    counts: { captures, pages },
    openArchive: (filename) => openFile(files[Number(filename)] ?? ""),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function* readCaptures(files: readonly string[], progress: Progress): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let captures = 0;
  let records = 0;
  for (const [number, path] of files.entries()) {
    await using file = await openFile(path);
    for await (const { record, place } of readFrom(file, { offset: 0, nth: 0 })) {
      const capture = await captureOf(record, place.nth, String(number));
      if (++records % 1000 === 0) progress({ file: path, records, captures });
      if (!capture) continue;
      captures++;
      yield encoder.encode(`${formatCdxj(capture)}\n`);
    }
  }
}

/** The captures are sorted, and so are those of them that are pages. */
async function writePages(captures: string, pages: string): Promise<number> {
  await using file = await open(pages, "w");
  let count = 0;
  let last = "";
  let before: Indexed | undefined;
  let waiting: string[] = [];
  const flush = async () => {
    await file.write(waiting.join(""));
    waiting = [];
  };
  for await (const capture of readIndex(createReadStream(captures), () => undefined)) {
    const place = `${capture.urlkey} ${capture.timestamp}`;
    if (!isPage(capture) || place === last) continue;
    last = place;
    count++;
    before = titled(capture, before);
    waiting.push(`${formatCdxj(before)}\n`);
    if (waiting.length >= 4096) await flush();
  }
  await flush();
  return count;
}

/** A revisit has the title of the page that it is the same as, where that stands before it. */
function titled(capture: Indexed, before: Indexed | undefined): Indexed {
  const title = before && detailsOf(before).title;
  const isSame = before?.urlkey === capture.urlkey && before.digest === capture.digest && capture.digest !== undefined;
  return title !== undefined && isSame && detailsOf(capture).title === undefined
    ? { ...capture, others: { ...capture.others, title } }
    : capture;
}
