import { startHash } from "#hash";
import { spool } from "#spool";
import type { Algorithm } from "../digest/algorithm.ts";
import { digestAlgorithm, formatDigest } from "../digest/labelled-digest.ts";
import { WarcError } from "../error.ts";
import type { Fields } from "../read/fields.ts";
import { editHead, formatHead, type NamedValue } from "../write/head.ts";
import type { WritableRecord } from "../write/record-bytes.ts";
import { newId } from "../write/record-fields.ts";
import type { Spooled } from "../write/spool.ts";

/** A record that can be segmented: of a reader, or of `buildRecord`. */
export interface WholeRecord extends WritableRecord {
  readonly version: string;
  readonly id: string | undefined;
  readonly fields: Fields;
}

/** A record that is one segment of another. */
export interface SegmentRecord extends WritableRecord {
  readonly id: string | undefined;
}

/**
 * Splits a record into segments (ISO 28500:2017 7) whose blocks have `size` bytes each, the last one fewer; the first is the record itself
 * with the start of its block, the others are continuations. A record whose block is no longer than that is given as it is. Each is good until
 * the next is asked for; what of a segment is beyond 1 MiB lies in a temporary file, in a browser in memory. Throws `BAD_SIZE`;
 * `NOT_SEGMENTABLE` where it is of ARC, a segment already, or lacks an id, date or target URI; and `WRONG_LENGTH`.
 */
export async function* segmentRecord(record: WholeRecord, size: number): AsyncGenerator<SegmentRecord, void> {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new WarcError("BAD_SIZE", `Cannot make segments of ${size} bytes`, "Give a whole number of 1 or more");
  const { contentLength = 0 } = record;
  if (contentLength <= size) {
    yield record;
    return;
  }
  const origin = checkOrigin(record);
  const pieces = new Pieces(record.block);
  const algorithm = digestAlgorithm(record.fields.get("WARC-Block-Digest")) ?? "sha1";
  const last = Math.ceil(contentLength / size);
  try {
    for (let number = 1; number <= last; number++) {
      const length = Math.min(size, contentLength - (number - 1) * size);
      await using part = await takePart(pieces, length, algorithm);
      const segment = { number, length, digest: part.digest, total: number === last ? contentLength : undefined };
      const { id, head } = number === 1 ? firstHead(record, segment) : continuationHead(record, origin, segment);
      yield { format: "warc", id, head, contentLength: length, block: part.bytes };
    }
  } finally {
    await pieces.close();
  }
}

interface Origin {
  readonly id: string;
  readonly date: string;
  readonly targetUri: string;
}

function checkOrigin({ format, id, fields }: WholeRecord): Origin {
  const date = fields.get("WARC-Date");
  const targetUri = fields.get("WARC-Target-URI");
  const isSegment = fields.get("WARC-Segment-Number") !== undefined || fields.get("WARC-Segment-Origin-ID") !== undefined;
  if (format === "warc" && id && date && targetUri && !isSegment) return { id, date, targetUri };
  const why = isSegment
    ? "it is a segment already"
    : `it lacks ${id ? (date ? "a target URI" : "a date") : "an id"}, which its segments shall have`;
  throw new WarcError(
    "NOT_SEGMENTABLE",
    `Cannot segment the record ${id ?? ""}: ${format === "arc" ? "it is of an ARC file" : why}`,
    "Write it as it is",
  );
}

interface Segment {
  readonly number: number;
  readonly length: number;
  readonly digest: string;
  readonly total: number | undefined;
}

/** The payload digest stays: it is of the whole. So does nothing that tells how the whole ends, which the last segment says. */
function firstHead(record: WholeRecord, { length, digest }: Segment) {
  const hasDigest = record.fields.get("WARC-Block-Digest") !== undefined;
  const changes = {
    "WARC-Truncated": undefined,
    "WARC-Segment-Number": "1",
    "Content-Length": String(length),
    ...(hasDigest && { "WARC-Block-Digest": digest }),
  };
  return { id: record.id, head: editHead(record, changes) };
}

function continuationHead(record: WholeRecord, origin: Origin, { number, length, digest, total }: Segment) {
  const id = newId();
  const truncated = record.fields.get("WARC-Truncated");
  const fields: NamedValue[] = [
    ["WARC-Type", "continuation"],
    ["WARC-Record-ID", id],
    ["WARC-Date", origin.date],
    ["WARC-Target-URI", origin.targetUri],
    ["WARC-Segment-Number", String(number)],
    ["WARC-Segment-Origin-ID", origin.id],
    ...(total === undefined ? [] : [["WARC-Segment-Total-Length", String(total)] as const]),
    ...(total === undefined || truncated === undefined ? [] : [["WARC-Truncated", truncated] as const]),
    ["WARC-Block-Digest", digest],
    ["Content-Length", String(length)],
  ];
  return { id, head: formatHead(record.version === "1.1" ? "1.1" : "1.0", fields) };
}

async function takePart(pieces: Pieces, length: number, algorithm: Algorithm): Promise<Spooled & { readonly digest: string }> {
  const hash = startHash(algorithm);
  const taken = (async function* () {
    for await (const piece of pieces.take(length)) {
      hash.update(piece);
      yield piece;
    }
  })();
  const spooled = await spool(taken);
  return { ...spooled, digest: formatDigest(algorithm, hash.digest()) };
}

/** A block, from which so many bytes at a time are taken. A block that is shorter gives fewer: whoever writes it is told. */
class Pieces {
  readonly #pieces: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array(0);

  constructor(block: Uint8Array | AsyncIterable<Uint8Array>) {
    this.#pieces = block instanceof Uint8Array ? [block].values() : block[Symbol.asyncIterator]();
  }

  async *take(length: number): AsyncGenerator<Uint8Array, void> {
    for (let wanted = length; wanted > 0; ) {
      if (this.#left.length === 0) {
        const next = await this.#pieces.next();
        if (next.done) return;
        this.#left = next.value;
      }
      const piece = this.#left.subarray(0, wanted);
      this.#left = this.#left.subarray(piece.length);
      wanted -= piece.length;
      yield piece;
    }
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
