import { openFile } from "../bytes/file.ts";
import { rangeAccess } from "../bytes/http-ranges.ts";
import type { RandomAccess } from "../bytes/input.ts";

/** How the argument of the commands for WACZ files is explained. */
export const waczFiles = "a path, or a URL, which is read in parts";

/** Opens a WACZ file. Throws what the system says where it cannot, or what `rangeAccess` does. */
export async function openWaczSource(argument: string): Promise<RandomAccess & AsyncDisposable> {
  if (!/^https?:\/\//i.test(argument)) return openFile(argument);
  return Object.assign(await rangeAccess(argument), { [Symbol.asyncDispose]: async () => undefined });
}
