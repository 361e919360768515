import { startHash } from "#hash";
import { digestAlgorithm, formatDigest } from "../digest/labelled-digest.ts";
import { isChunked } from "../http/codings.ts";
import { Dechunker } from "../http/dechunker.ts";
import { openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import type { ArchiveRecord } from "../read/record.ts";

/** The payload of a record that may become a revisit. */
export interface Payload {
  /** Computed, by the algorithm that the record declares, else sha1. What it declares may be wrong, or of another custom. */
  readonly digest: string;
  /** Of the body with its chunks, where it has some. */
  readonly transferDigest: string | undefined;
  /** Bytes of the payload. */
  readonly size: number;
  /** Bytes of the block before the body, which a revisit keeps. */
  readonly bodyAt: number;
}

/**
 * Reads the block of a response of HTTP and digests its payload. Undefined where the record has to stay as it is: of another type or a draft's
 * version, cut, a segment, or with a body whose end is in doubt.
 */
export async function payloadOf(record: ArchiveRecord): Promise<Payload | undefined> {
  const { type, version, fields, targetUri, date } = record;
  const isWhole = fields.field("WARC-Truncated") === undefined && fields.field("WARC-Segment-Number") === undefined;
  const isWritten = version === "1.0" || version === "1.1";
  if (type !== "response" || !isWritten || !isWhole || targetUri === undefined || date === undefined) return undefined;
  if (messageKind(record) !== "response") return undefined;
  const message = await openMessage(record.block, "response");
  if (!message.head) return undefined;
  const algorithm = digestAlgorithm(fields.get("WARC-Payload-Digest")) ?? "sha1";
  const entity = startHash(algorithm);
  let size = 0;
  const take = (piece: Uint8Array) => {
    entity.update(piece);
    size += piece.length;
  };
  const coded = isChunked(message.head.fields) ? { hash: startHash(algorithm), dechunker: new Dechunker(message.bodyAt, take) } : undefined;
  for await (const piece of message.raw()) {
    coded?.hash.update(piece);
    if (coded) coded.dechunker.write(piece);
    else take(piece);
  }
  coded?.dechunker.end();
  // Behind chunks that are damaged there may be bytes that the digest knows nothing of.
  if (coded?.dechunker.findings.some(({ code }) => code.startsWith("CHUNK") || code === "AFTER_CHUNKS")) return undefined;
  const transferDigest = coded && formatDigest(algorithm, coded.hash.digest());
  return { digest: formatDigest(algorithm, entity.digest()), transferDigest, size, bodyAt: message.bodyAt };
}
