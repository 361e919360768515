import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { openFile } from "../../bytes/file.ts";
import { replaceFile } from "../../cdx/node/index-file.ts";
import type { ByteSink } from "../../zip/zip-writer.ts";
import { type Created, type CreateOptions, createWacz } from "../create.ts";
import { diskSpools } from "./disk-spool.ts";

/** Makes a WACZ file of WARC files of any size; see `createWacz`. The file appears whole, or not at all. */
export function createWaczFile(archives: readonly string[], output: string, options: CreateOptions): Promise<Created> {
  return writeWhole(output, async (sink, folder) => {
    await using opened = new AsyncDisposableStack();
    const sources = [];
    for (const path of archives) sources.push({ name: basename(path), input: opened.use(await openFile(path)) });
    return await createWacz(sources, sink, { spool: diskSpools(folder), ...options });
  });
}

/** Writes a file under another name, in a folder beside it that may hold more meanwhile, and gives it its name once it is on the disk. */
export function writeWhole<Result>(output: string, write: (sink: ByteSink, folder: string) => Promise<Result>): Promise<Result> {
  return replaceFile(output, async (folder) => {
    const made = join(folder, "made");
    await using file = await open(made, "wx");
    const result = await write({ write: (bytes) => file.writeFile(bytes) }, folder);
    await file.sync();
    return { made, result };
  });
}
