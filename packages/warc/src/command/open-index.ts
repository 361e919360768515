import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { openFile } from "../bytes/file.ts";
import { openCluster } from "../cdx/node/cluster.ts";
import { SortedFile, type SortedLines } from "../cdx/sorted-file.ts";
import { WarcError } from "../error.ts";
import { asUnreadable } from "./source.ts";

/**
 * Opens a sorted index where it lies: a plain file, the `.idx` of a ZipNum cluster, or the folder of one. Throws `CANNOT_READ`, and
 * `NO_INDEX` where it can be no such thing.
 */
export async function openIndex(path: string): Promise<SortedLines & AsyncDisposable> {
  try {
    if ((await stat(path)).isDirectory()) return await openFolder(path);
    if (path.endsWith(".idx")) return await openCluster(dirname(path), basename(path, ".idx"));
    return await openPlain(path);
  } catch (error) {
    throw asUnreadable(error, path) ?? error;
  }
}

async function openFolder(path: string): Promise<SortedLines & AsyncDisposable> {
  const [idx, another] = (await readdir(path)).filter((name) => name.endsWith(".idx"));
  if (idx !== undefined && another === undefined) return openCluster(path, basename(idx, ".idx"));
  const found = idx === undefined ? "no .idx" : "more than one .idx";
  throw new WarcError(
    "NO_INDEX",
    `Cannot look up in ${path}: there is ${found} in this folder`,
    `Name the file: ${join(path, idx ?? "index.cdxj")}`,
  );
}

async function openPlain(path: string): Promise<SortedLines & AsyncDisposable> {
  const file = await openFile(path);
  const [first, second] = await file.read(0, 2);
  if (first === 0x1f && second === 0x8b) {
    await file[Symbol.asyncDispose]();
    throw new WarcError("NO_INDEX", `Cannot look up in ${path}: it is compressed`, "Name the .idx beside it, or unpack it: gunzip -k");
  }
  return Object.assign(new SortedFile(file, path), { [Symbol.asyncDispose]: () => file[Symbol.asyncDispose]() });
}
