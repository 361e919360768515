import { existsSync, readFileSync } from "node:fs";

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
  return JSON.parse(readFileSync(new URL(`../../fixtures/vectors/${name}.json`, import.meta.url), "utf8"));
}

const shared = new URL("../../../../../shared/data/warc/", import.meta.url);

/** Why a test of samples that may not be copied is left out, said in its report; false where they are there. */
export const skipWithoutSamples = existsSync(shared) ? false : `NOT RUN: no samples in ${shared.pathname}`;
if (skipWithoutSamples) process.stderr.write(`${skipWithoutSamples}\n`);

/** What lies in the samples that may not be copied into the project. */
export function readSample(path: string): Buffer {
  return readFileSync(new URL(path, shared));
}
