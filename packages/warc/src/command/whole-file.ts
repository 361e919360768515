import { isRandomAccess, type RandomAccess } from "../bytes/input.ts";
import { WarcError } from "../error.ts";
import { openSource } from "./source.ts";

export interface WholeFile extends AsyncDisposable {
  readonly input: RandomAccess;
}

/** Opens a file that is read more than once, from its start. Throws `NEEDS_FILE` for standard input, and else as `openSource`. */
export async function openWhole(path: string, passed: (bytes: number) => void): Promise<WholeFile> {
  const source = await openSource(path, passed);
  const { input, offset } = source;
  if (!(input instanceof Uint8Array) && isRandomAccess(input) && offset === 0)
    return { input, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
  await source[Symbol.asyncDispose]();
  throw new WarcError(
    "NEEDS_FILE",
    `Cannot begin with ${path}: it has to be read more than once, from its start`,
    "Save it as a file, and name that",
  );
}
