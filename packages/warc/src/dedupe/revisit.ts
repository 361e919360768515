import { hashOf } from "#hash";
import { concat } from "../bytes/stored-bytes.ts";
import { digestAlgorithm, formatDigest } from "../digest/labelled-digest.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { editHead } from "../write/head.ts";
import type { WritableRecord } from "../write/record-bytes.ts";
import type { Earlier } from "./seen.ts";

export interface Duplicate {
  readonly digest: string;
  readonly bodyAt: number;
  readonly earlier: Earlier;
}

/**
 * The record that is written instead of a response whose payload is stored already (ISO 28500:2017 6.7.2): its id, date and all else that its
 * header says stay, and so does the head of its message.
 */
export async function toRevisit(
  record: ArchiveRecord,
  { digest, bodyAt, earlier }: Duplicate,
): Promise<WritableRecord & { readonly id: string | undefined }> {
  const block = await firstBytes(record.block, bodyAt);
  const algorithm = digestAlgorithm(digest) ?? "sha1";
  const head = editHead(record, {
    "WARC-Type": "revisit",
    "WARC-Profile": `http://netpreserve.org/warc/${record.version}/revisit/identical-payload-digest`,
    "WARC-Refers-To-Target-URI": earlier.url,
    "WARC-Refers-To-Date": earlier.date,
    "WARC-Payload-Digest": digest,
    "WARC-Block-Digest": formatDigest(algorithm, hashOf(algorithm, block)),
    "Content-Length": String(block.length),
  });
  return { format: "warc", id: record.id, head, contentLength: block.length, block };
}

/** The bytes of a stream up to `length`, which is that of a head. */
export async function firstBytes(bytes: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let left = length;
  if (left === 0) return new Uint8Array(0);
  for await (const piece of bytes) {
    parts.push(piece.slice(0, left));
    left -= Math.min(left, piece.length);
    if (left === 0) break;
  }
  return concat(parts);
}
