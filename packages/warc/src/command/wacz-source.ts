import { openFile } from "../bytes/file.ts";
import { rangeAccess } from "../bytes/http-ranges.ts";
import type { RandomAccess } from "../bytes/input.ts";
import { WarcError } from "../error.ts";
import { tellUnreadable } from "./each-file.ts";
import { expandOperands } from "./operands.ts";
import { asUnreadable } from "./source.ts";

/** How the argument of the commands for WACZ files is explained. */
export const waczFiles = "a path, or a URL, which is read in parts";

/**
 * Opens WACZ files one after another and has each visited. One that cannot be read is told, and the next one is opened; answers whether all
 * could be.
 */
export async function eachWacz(operands: readonly string[], visit: (file: RandomAccess, path: string) => Promise<void>): Promise<boolean> {
  let areAllRead = true;
  for (const path of await expandOperands(operands.filter((operand) => !isUrl(operand))))
    areAllRead = (await tryFile(path, visit)) && areAllRead;
  for (const url of operands.filter(isUrl)) areAllRead = (await tryFile(url, visit)) && areAllRead;
  return areAllRead;
}

function isUrl(operand: string): boolean {
  return /^https?:\/\//i.test(operand);
}

async function tryFile(path: string, visit: (file: RandomAccess, path: string) => Promise<void>): Promise<boolean> {
  try {
    await using file = isUrl(path) ? await openUrl(path) : await openFile(path);
    await visit(file, path);
    return true;
  } catch (error) {
    const unreadable = error instanceof WarcError ? error : asUnreadable(error, path);
    if (!unreadable) throw error;
    tellUnreadable(unreadable);
    return false;
  }
}

async function openUrl(url: string): Promise<RandomAccess & AsyncDisposable> {
  return Object.assign(await rangeAccess(url), { [Symbol.asyncDispose]: async () => undefined });
}
