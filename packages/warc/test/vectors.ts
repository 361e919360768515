import { readFileSync } from "node:fs";

/** An entry of the vectors: one URL, what it should become, and whose test says so. */
export interface Vector {
  readonly url: string | null;
  readonly source: string;
  readonly surt?: string;
  readonly canonical?: string;
  readonly by?: string;
  readonly options?: string | Readonly<Record<string, boolean>>;
}

/** What lies in `fixtures/vectors`. */
export function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../fixtures/vectors/${name}.json`, import.meta.url), "utf8"));
}
