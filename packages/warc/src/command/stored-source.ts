import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { openFile } from "../bytes/file.ts";
import type { RandomAccess } from "../bytes/input.ts";
import { removeOnInterrupt } from "./new-file.ts";
import { openSource, type Source } from "./source.ts";

/** A source that can be read from any place. */
export interface StoredSource extends Source {
  readonly input: RandomAccess;
}

/** Opens a path or `FILE:OFFSET`; standard input is written to a file first, which is gone afterwards. */
export async function openStored(argument: string): Promise<StoredSource> {
  if (argument !== "-") {
    const source = await openSource(argument);
    return Object.assign(source, { input: source.input as RandomAccess });
  }
  await using owned = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "warc-"));
  owned.use(removeOnInterrupt(folder));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  const input = owned.use(await openFile(await storeInput(folder)));
  const moved = owned.move();
  return { name: "-", input, offset: 0, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

/** Writes standard input to a file in a folder, and answers with its path, which tells what it is where it is named. */
export async function storeInput(folder: string): Promise<string> {
  const path = join(folder, "standard-input");
  await pipeline(process.stdin, createWriteStream(path));
  return path;
}
