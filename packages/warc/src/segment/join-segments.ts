import { startHash } from "#hash";
import { compareDigest } from "../digest/check-digest.ts";
import { digestAlgorithm, formatDigest } from "../digest/labelled-digest.ts";
import { checkDigests } from "../http/check-digests.ts";
import { messageKind } from "../http/message-kind.ts";
import type { Fields } from "../read/fields.ts";
import { parseHead } from "../read/parse-head.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { editHead } from "../write/head.ts";
import type { WritableRecord } from "../write/record-bytes.ts";
import type { Segment, SegmentSource } from "./find-segments.ts";
import type { ReportSegment } from "./order-segments.ts";
import { segmentFinding } from "./segment-finding.ts";

/** A record made of its segments. Its block is read from their files as it is asked for, as often as it is. */
export interface JoinedRecord extends WritableRecord, Pick<ArchiveRecord, "id" | "type" | "targetUri"> {
  readonly fields: Fields;
  readonly contentLength: number;
}

/**
 * Joins segments that are in order, once each has been read and found to be what its block digest says: else what is wrong would be hidden
 * by the digest of the whole. Undefined where one is not.
 */
export async function joinSegments(
  sources: readonly SegmentSource[],
  segments: readonly Segment[],
  report: ReportSegment,
): Promise<JoinedRecord | undefined> {
  const [origin] = segments;
  const [first, last] = [await readHead(sources, origin), await readHead(sources, segments.at(-1))];
  if (!origin || !first || !last) return undefined;
  const algorithm = digestAlgorithm(first.fields.get("WARC-Block-Digest"));
  const whole = algorithm && startHash(algorithm);
  const damaged: Segment[] = [];
  const block = readChecked(sources, segments, (segment) => damaged.push(segment));
  const hashed = (async function* () {
    for await (const piece of block) {
      whole?.update(piece);
      yield piece;
    }
  })();
  const payload = first.fields.get("WARC-Payload-Digest");
  const checks = await checkDigests(hashed, {
    block: undefined,
    payload,
    message: messageKind(first),
    isElsewhere: first.type === "revisit",
  });
  for (const segment of damaged) {
    const message = `Segment ${segment.number} is not what its WARC-Block-Digest or its Content-Length says`;
    report(segmentFinding("SEGMENT_DAMAGED", message, segment), segment);
  }
  if (damaged.length > 0) return undefined;
  if (checks.payload.result === "bad") {
    const message = `The payload of all segments has ${checks.payload.computed}, expected ${checks.payload.expected}`;
    report(segmentFinding("BAD_PAYLOAD_DIGEST", message, origin), origin);
  }
  const contentLength = segments.reduce((sum, { length }) => sum + length, 0);
  const head = editHead(first, {
    "WARC-Segment-Number": undefined,
    "Content-Length": String(contentLength),
    ...(algorithm && whole && { "WARC-Block-Digest": formatDigest(algorithm, whole.digest()) }),
    ...(last.fields.get("WARC-Truncated") !== undefined && { "WARC-Truncated": last.fields.get("WARC-Truncated") }),
  });
  const { id, type, targetUri } = first;
  const again = { [Symbol.asyncIterator]: () => readChecked(sources, segments, () => undefined) };
  return { format: "warc", id, type, targetUri, head, fields: parseHead(head).fields, contentLength, block: again };
}

/** The blocks of the segments, one behind the other; of each that is not what its header says it is told. */
async function* readChecked(
  sources: readonly SegmentSource[],
  segments: readonly Segment[],
  onDamage: (segment: Segment) => void,
): AsyncGenerator<Uint8Array, void> {
  const unseen = new Set(segments);
  for await (const [segment, record] of recordsOf(sources, segments)) {
    unseen.delete(segment);
    const declared = record.fields.get("WARC-Block-Digest");
    const algorithm = digestAlgorithm(declared);
    const hash = algorithm && startHash(algorithm);
    let length = 0;
    for await (const piece of record.block) {
      hash?.update(piece);
      length += piece.length;
      yield piece;
    }
    const digest = hash?.digest();
    const check = compareDigest(digest && declared, () => digest ?? new Uint8Array(0));
    if (length !== segment.length || check.result === "bad") onDamage(segment);
  }
  unseen.forEach(onDamage);
}

async function readHead(sources: readonly SegmentSource[], segment: Segment | undefined): Promise<ArchiveRecord | undefined> {
  if (segment) for await (const [, record] of recordsOf(sources, [segment])) return record;
  return undefined;
}

/** The record that each segment is, in their order; none of one that is not there any more. */
async function* recordsOf(
  sources: readonly SegmentSource[],
  segments: readonly Segment[],
): AsyncGenerator<readonly [Segment, ArchiveRecord], void> {
  for (const run of runsOf(segments)) {
    const [first] = run;
    const others = run.slice(1).values();
    const { input } = sources[first.source] ?? {};
    if (!input) continue;
    let wanted: Segment | undefined = first;
    let number = first.record - first.skip;
    for await (const record of readRecords(input, { offset: first.offset })) {
      if (number++ < wanted.record) continue;
      yield [wanted, record];
      wanted = others.next().value;
      if (!wanted) break;
    }
  }
}

/** Records between two segments that are passed over by reading on, since to begin anew reads more. */
const mostBetween = 64;

/** Segments that one reader can get at, each soon behind the one before. */
function* runsOf(segments: readonly Segment[]): Generator<readonly [Segment, ...Segment[]]> {
  let run: [Segment, ...Segment[]] | undefined;
  for (const segment of segments) {
    const before = run?.at(-1);
    const between = before?.source === segment.source ? segment.record - before.record : 0;
    if (run && between > 0 && between <= mostBetween) run.push(segment);
    else {
      if (run) yield run;
      run = [segment];
    }
  }
  if (run) yield run;
}
