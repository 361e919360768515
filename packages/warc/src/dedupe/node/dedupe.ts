import { createReadStream } from "node:fs";
import { readLines } from "../../cdx/lines.ts";
import type { WarcWriter } from "../../write/warc-writer.ts";
import { type DigestLine, parseOrderLine } from "../digest-line.ts";
import { toRevisit } from "../revisit.ts";
import type { BloomStore } from "./bloom-store.ts";
import { readArchives } from "./read-archives.ts";
import { type SurveyOptions, survey } from "./survey.ts";

export interface DedupeOptions extends SurveyOptions {
  /** For what is put aside; the caller's to remove. */
  readonly folder: string;
  /** Gets the payloads that are new, once the archive is finished. */
  readonly store: BloomStore | undefined;
}

export interface Deduped {
  readonly records: number;
  /** Of them, those that have become revisits. */
  readonly revisits: number;
  /** Bytes of the payloads that are not stored again, unpacked. */
  readonly saved: number;
}

/**
 * Copies archives into one, and makes revisits (ISO 28500:2017 6.7.2) of responses whose payload is in them already, or `seen` knows of; the
 * first of them stays. All else is copied to the byte. Reads each archive twice, and closes the writer. Throws as `survey`, before anything is
 * written.
 */
export async function dedupe(files: readonly string[], writer: WarcWriter, options: DedupeOptions): Promise<Deduped> {
  const { folder, passed, store } = options;
  const { duplicates, firsts } = await survey(files, folder, options);
  const deduped = await rewrite(files, duplicates, writer, passed);
  await writer.close();
  // Not before: what it says is stored has to be.
  await store?.add(firsts);
  return deduped;
}

async function rewrite(
  files: readonly string[],
  duplicates: string,
  writer: WarcWriter,
  passed: (bytes: number) => void,
): Promise<Deduped> {
  await using waiting = readDuplicates(duplicates);
  const take = async () => (await waiting.next()).value ?? undefined;
  let [records, revisits, saved] = [0, 0, 0];
  let next = await take();
  for await (const { record } of readArchives(files, passed)) {
    records++;
    if (next?.order !== records) {
      await writer.copy(record);
      continue;
    }
    await writer.copy(await toRevisit(record, next));
    revisits++;
    saved += (record.contentLength ?? 0) - next.bodyAt;
    next = await take();
  }
  return { records, revisits, saved };
}

async function* readDuplicates(path: string): AsyncGenerator<DigestLine, void> {
  const utf8 = new TextDecoder();
  for await (const { bytes } of readLines(createReadStream(path))) {
    const line = parseOrderLine(utf8.decode(bytes));
    if (line) yield line;
  }
}
