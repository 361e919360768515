import { type FileHandle, mkdtemp, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a file that appears whole or not at all: `make` gets a folder beside it for what it needs meanwhile, and says which file in it is
 * the one. The folder is gone afterwards, whatever happens short of a kill.
 */
export async function replaceFile<T>(path: string, make: (folder: string) => Promise<{ made: string; result: T }>): Promise<T> {
  const folder = await mkdtemp(`${path}.making-`);
  try {
    const { made, result } = await make(folder);
    await rename(made, path);
    // Without it the new name may be gone after a loss of power.
    await using parent = await open(dirname(path));
    await parent.sync();
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes lines, whose characters are bytes, and syncs them. */
export async function writeLines(path: string, batches: Iterable<string[]> | AsyncIterable<string[]>): Promise<void> {
  await using file = await open(path, "w");
  // A run is one batch; in pieces, so that it is not held three times over.
  for await (const batch of batches)
    for (let from = 0; from < batch.length; from += 8192) await append(file, batch.slice(from, from + 8192));
  await file.sync();
}

async function append(file: FileHandle, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await file.writeFile(Buffer.from(`${lines.join("\n")}\n`, "latin1"));
}
