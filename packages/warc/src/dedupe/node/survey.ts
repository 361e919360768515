import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { readLines } from "../../cdx/lines.ts";
import { sortIndex } from "../../cdx/node/sort.ts";
import { WarcError } from "../../error.ts";
import type { Finding } from "../../finding.ts";
import { type DigestLine, formatDigestLine, formatOrderLine, parseDigestLine } from "../digest-line.ts";
import { type Payload, payloadOf } from "../payload.ts";
import type { Seen } from "../seen.ts";
import { readArchives } from "./read-archives.ts";

export interface SurveyOptions {
  /** Bytes of a payload below which a revisit would save nothing. */
  readonly minimumSize: number;
  readonly seen: Seen | undefined;
  /** Told of the bytes that have been read. */
  readonly passed: (bytes: number) => void;
}

/** What the first reading of the archives has found, in files. */
export interface Survey {
  /** The records that become revisits, by their order. */
  readonly duplicates: string;
  /** The payloads that are stored for the first time, by their digests. */
  readonly firsts: string;
}

type Surveyed = DigestLine & Pick<Payload, "transferDigest">;

/** Payloads that are asked for at once. */
const batchSize = 64;

/** What says that bytes were lost: what is copied would not be all that there is. */
const losses = /^(GARBAGE|RECORD_CUT|HEADER_CUT|HEADER_TOO_LONG|(GZIP|ZSTD)_(CUT|DAMAGED|GARBAGE)|ZSTD_NO_DICTIONARY|UNKNOWN_PACKING)$/;

/** Reads archives and finds which of their payloads are stored already, in bounded memory. Throws `DAMAGED_ARCHIVE` and `NOT_WARC`. */
export async function survey(files: readonly string[], folder: string, options: SurveyOptions): Promise<Survey> {
  const sorted = join(folder, "payloads");
  await sortIndex([{ name: "the payloads", bytes: encoded(withSeen(readPayloads(files, options), options.seen)) }], sorted);
  const firsts = join(folder, "firsts");
  const duplicates = join(folder, "duplicates");
  await sortIndex([{ name: "the duplicates", bytes: encoded(findDuplicates(sorted, firsts)) }], duplicates);
  return { duplicates, firsts };
}

async function* readPayloads(files: readonly string[], { minimumSize, passed }: SurveyOptions): AsyncGenerator<Surveyed> {
  let order = 0;
  for await (const { record, path } of readArchives(files, passed, refuseLoss)) {
    order++;
    if (record.format !== "warc")
      throw new WarcError("NOT_WARC", `Cannot dedupe ${path}: it is an ARC file`, "Make a WARC file of it first");
    const payload = await payloadOf(record);
    await record.end();
    if (!payload || payload.size < minimumSize) continue;
    yield { ...payload, order, earlier: { url: record.targetUri ?? "", date: record.date ?? "" } };
  }
}

function refuseLoss({ code, offset, message }: Finding, path: string): void {
  if (!losses.test(code)) return;
  const what = `Cannot dedupe ${path}: at byte ${offset} something is lost (${code}: ${message})`;
  throw new WarcError("DAMAGED_ARCHIVE", what, "Mend it first, with warc mend");
}

/** Each payload, and before it what an earlier archive has of it. */
async function* withSeen(payloads: AsyncIterable<Surveyed>, seen: Seen | undefined): AsyncGenerator<string> {
  let batch: Surveyed[] = [];
  const ask = async () => {
    const found = seen
      ? await seen.find(batch.map(({ digest, transferDigest, earlier }) => ({ digest, transferDigest, url: earlier.url })))
      : [];
    const lines = batch.flatMap((line, index) => {
      const earlier = found[index];
      return [...(earlier ? [formatDigestLine({ ...line, order: 0, earlier })] : []), formatDigestLine(line)];
    });
    batch = [];
    return lines;
  };
  for await (const payload of payloads) {
    batch.push(payload);
    if (batch.length >= batchSize) yield* await ask();
  }
  yield* await ask();
}

/** All but the first of one digest. The first ones are written to a file, those that were seen before left out. */
async function* findDuplicates(sorted: string, firsts: string): AsyncGenerator<string> {
  await using file = await open(firsts, "w");
  const utf8 = new TextDecoder();
  let first: DigestLine | undefined;
  for await (const { bytes } of readLines(createReadStream(sorted))) {
    const line = parseDigestLine(utf8.decode(bytes));
    if (!line) continue;
    if (first?.digest !== line.digest) {
      first = line;
      if (line.order > 0) await file.write(`${formatDigestLine({ ...line, order: 0 })}\n`);
    } else if (line.order > 0) yield formatOrderLine({ ...line, earlier: first.earlier });
  }
}

async function* encoded(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const line of lines) yield encoder.encode(`${line}\n`);
}
