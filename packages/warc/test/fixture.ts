import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the archives are that this repository holds, by name. */
export const fixtures = join(import.meta.dirname, "../fixtures/samples");

/** The bytes of one of them. */
export function fixture(name: string): Buffer {
  return readFileSync(join(fixtures, name));
}
