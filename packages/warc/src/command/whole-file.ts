import { isRandomAccess, type RandomAccess } from "../bytes/input.ts";
import { WarcError } from "../error.ts";
import { openSource } from "./source.ts";
import { openStored } from "./stored-source.ts";

export interface WholeFile extends AsyncDisposable {
  readonly input: RandomAccess;
}

/**
 * Opens what is read more than once, from its start: a path, or `-`, whose bytes are put aside first. Throws `NEEDS_FILE` for
 * `FILE:OFFSET`, and else as `openSource`.
 */
export async function openWhole(path: string, passed: (bytes: number) => void): Promise<WholeFile> {
  if (path === "-") return openStored(path);
  const source = await openSource(path, passed);
  const { input, offset } = source;
  if (!(input instanceof Uint8Array) && isRandomAccess(input) && offset === 0)
    return { input, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
  await source[Symbol.asyncDispose]();
  throw new WarcError(
    "NEEDS_FILE",
    `Cannot begin with ${path}: it has to be read more than once, from its start`,
    "Name the file alone, without an offset",
  );
}
