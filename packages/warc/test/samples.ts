import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../../../shared/data/warc");

/** Why tests with the samples cannot run here, for `skip`; false where they can. Most samples may not be copied into this repository. */
export const withoutSamples = existsSync(folder) ? false : `SKIPPED: the samples are not at ${folder}`;
if (withoutSamples) process.stderr.write(`${withoutSamples}\n`);

/** The bytes of a sample, by its path in the folder of samples. */
export function sample(path: string): Buffer {
  return readFileSync(join(folder, path));
}

/** What an independent walker found in one sample. */
export interface Truth {
  readonly kind: string;
  readonly compression: string;
  readonly records: number;
  readonly index: readonly TrueRecord[];
  readonly errors: readonly { readonly code: string; readonly at: number }[];
}

export interface TrueRecord {
  readonly offset?: number;
  readonly length?: number;
  readonly uOffset?: number;
  readonly uLength?: number;
  readonly headLength: number;
  readonly contentLength: number;
  readonly version?: string;
  readonly type?: string;
  readonly uri?: string;
  readonly id?: string;
  readonly date?: string;
  readonly blockDigestOk?: boolean;
  readonly payloadDigestMatches?: string;
}

/** The truth of every sample that is a WARC or ARC file, by its path. */
export function truths(): ReadonlyMap<string, Truth> {
  const all: Record<string, Truth> = JSON.parse(readFileSync(join(folder, "ground-truth.json"), "utf8"));
  return new Map(Object.entries(all).filter(([, { kind }]) => kind === "warc" || kind === "arc"));
}
