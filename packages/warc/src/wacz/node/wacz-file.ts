import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { openFile } from "../../bytes/file.ts";
import { replaceFile } from "../../cdx/node/index-file.ts";
import type { ByteSink } from "../../zip/zip-writer.ts";
import { type Created, type CreateOptions, createWacz, type WaczSource } from "../create.ts";
import { diskSpools } from "./disk-spool.ts";

/** Makes a WACZ file of WARC files of any size; see `createWacz`. The file appears whole, or not at all. */
export function createWaczFile(archives: readonly string[], output: string, options: CreateOptions): Promise<Created> {
  return replaceFile(output, async (folder) => {
    const made = join(folder, "made.wacz");
    return { made, result: await writeWacz(archives, made, folder, options) };
  });
}

/** Writes a WACZ file to a path where none is, with what it needs meanwhile in a folder. */
export async function writeWacz(archives: readonly string[], path: string, folder: string, options: CreateOptions): Promise<Created> {
  await using opened = new AsyncDisposableStack();
  const sources: WaczSource[] = [];
  for (const archive of archives) sources.push({ name: basename(archive), input: opened.use(await openFile(archive)) });
  return await writeNew(path, (sink) => createWacz(sources, sink, { spool: diskSpools(folder), ...options }));
}

/** Writes a file that is not there yet, and syncs it. */
export async function writeNew<Result>(path: string, write: (sink: ByteSink) => Promise<Result>): Promise<Result> {
  await using file = await open(path, "wx");
  const result = await write({ write: (bytes) => file.writeFile(bytes) });
  await file.sync();
  return result;
}
