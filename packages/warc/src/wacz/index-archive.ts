import { type RandomAccess, readChunks } from "../bytes/input.ts";
import { accessPart } from "../bytes/part.ts";
import { indexRecords } from "../cdx/index-records.ts";
import type { Indexed } from "../cdx/indexed.ts";
import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";
import { readRecords } from "../read/read-records.ts";
import { sha256Through } from "./resource-writer.ts";

/** A line of the index of a WACZ file, which always has these. */
export type Capture = Indexed & { readonly url: string; readonly offset: number; readonly length: number };

/**
 * The captures of a WARC file in their order, and of each the hash of its record as it is stored: so it can be checked by whoever reads it alone
 * (WACZ Signing and Verification, partially loaded files). `bytes` are those of `input`, as they are copied. Throws `NOT_FOR_WACZ` where a
 * record cannot be read alone.
 */
export async function* indexArchive(
  input: RandomAccess,
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  report: (finding: Finding) => void,
): AsyncGenerator<Capture, void> {
  const reportAll = (finding: Finding) => {
    if (shared.has(finding.code)) throw notAlone(name, finding.offset);
    report(finding);
  };
  for await (const { url = "", offset = 0, length, ...entry } of indexRecords(bytes, {
    filename: name,
    postAppend: true,
    report: reportAll,
  })) {
    if (length === undefined) throw notAlone(name, offset);
    const recordDigest = await sha256Through(readChunks(accessPart(input, offset, length), 0));
    yield { ...entry, url, offset, length, others: { ...entry.others, recordDigest } };
  }
}

/** What says that a gzip member holds more than one record, or less. */
const shared: ReadonlySet<string> = new Set(["SHARED_MEMBER", "SPLIT_RECORD"]);

/** The name that an archive has in a WACZ file (1.1.1, archive). Throws `NOT_FOR_WACZ` for a file that is none for players. */
export async function nameInWacz(name: string, input: RandomAccess): Promise<string> {
  const [first, second, third, fourth] = await input.read(0, 4);
  const isZstd = second === 0xb5 && third === 0x2f && fourth === 0xfd;
  const isSkippable = second === 0x2a && third === 0x4d && fourth === 0x18;
  if (isZstd || isSkippable) throw notForWacz(name, "it is packed with zstd, which no player reads", "Pack it anew first: warc recompress");
  for await (const { format } of readRecords(input)) {
    if (format === "arc") throw notForWacz(name, "it is an ARC file", "Convert it first: warc convert");
    break;
  }
  const isGzip = first === 0x1f && second === 0x8b;
  return `${name.replace(/(\.warc)?(\.gz)?$/i, "")}.warc${isGzip ? ".gz" : ""}`;
}

function notAlone(name: string, offset: number): WarcError {
  const fix = "Pack it anew first: warc recompress, or warc mend where it is cut";
  return notForWacz(name, `the record at ${offset} has not a whole gzip member of its own`, fix);
}

function notForWacz(name: string, problem: string, fix: string): WarcError {
  return new WarcError("NOT_FOR_WACZ", `Cannot put ${name} into a WACZ file: ${problem}`, fix);
}
