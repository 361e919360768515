import { openFile } from "../bytes/file.ts";
import { rangeAccess } from "../bytes/http-ranges.ts";
import type { RandomAccess } from "../bytes/input.ts";
import { WarcError } from "../error.ts";
import { say } from "./output.ts";

/** How the argument of the commands for WACZ files is explained. */
export const waczFiles = "a path, or a URL, which is read in parts";

/**
 * Opens WACZ files one after another and has each visited. One that cannot be opened is told, and the next one is opened; answers whether all
 * could be.
 */
export async function eachWacz(paths: readonly string[], visit: (file: RandomAccess, path: string) => Promise<void>): Promise<boolean> {
  let areAllRead = true;
  for (const path of paths) {
    try {
      await using file = await open(path);
      await visit(file, path);
    } catch (error) {
      if (!(error instanceof Error) || !("syscall" in error || error instanceof WarcError)) throw error;
      const fix = error instanceof WarcError ? error.fix : "name a file that is there and that you may read";
      say(`Cannot read ${path}: ${error.message}\nFix: ${fix}`);
      areAllRead = false;
    }
  }
  return areAllRead;
}

async function open(path: string): Promise<RandomAccess & AsyncDisposable> {
  if (!/^https?:\/\//i.test(path)) return openFile(path);
  return Object.assign(await rangeAccess(path), { [Symbol.asyncDispose]: async () => undefined });
}
