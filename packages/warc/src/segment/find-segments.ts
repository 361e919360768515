import type { RandomAccess } from "../bytes/input.ts";
import type { Fields } from "../read/fields.ts";
import { readRecords } from "../read/read-records.ts";

/** A file that segments may be in. */
export interface SegmentSource {
  /** Told with findings. */
  readonly name: string;
  readonly input: Uint8Array | RandomAccess;
}

/** Where a segment is, and what it says of itself. */
export interface Segment {
  /** Which of the sources, from 0. */
  readonly source: number;
  /** In its file, from 0. */
  readonly record: number;
  /** As stored: of the record or its member. */
  readonly offset: number;
  readonly plainOffset: number;
  /** Records before it in the same member. */
  readonly skip: number;
  readonly number: number;
  /** Bytes of its block. */
  readonly length: number;
  /** WARC-Segment-Total-Length, where it has one. */
  readonly total: number | undefined;
}

/** Reads the headers of all records, and answers with the segments by the id of the first, in the order in which they were found. */
export async function findSegments(sources: readonly SegmentSource[]): Promise<Map<string, Segment[]>> {
  const found = new Map<string, Segment[]>();
  for (const [source, { input }] of sources.entries()) {
    let memberAt = -1;
    let skip = 0;
    for await (const record of readRecords(input)) {
      skip = record.offset === memberAt ? skip + 1 : 0;
      memberAt = record.offset;
      const place = placeOfSegment(record);
      if (!place) continue;
      const { number: index, offset, plainOffset, contentLength = 0, fields } = record;
      const total = wholeNumber(fields.get("WARC-Segment-Total-Length"));
      const segment = { source, record: index, offset, plainOffset, skip, number: place.number, length: contentLength, total };
      const others = found.get(place.origin);
      if (others) others.push(segment);
      else found.set(place.origin, [segment]);
    }
  }
  return found;
}

/** Which segment of which record one is (ISO 28500:2017 5.20, 5.21); undefined where it is none, or does not say. */
export function placeOfSegment(record: { readonly id: string | undefined; readonly type: string | undefined; readonly fields: Fields }) {
  const isContinuation = record.type?.toLowerCase() === "continuation";
  const origin = isContinuation ? record.fields.get("WARC-Segment-Origin-ID") : record.id;
  const number = wholeNumber(record.fields.get("WARC-Segment-Number"));
  if (!origin || number === undefined || isContinuation !== number > 1) return undefined;
  return { origin, number };
}

function wholeNumber(value: string | undefined): number | undefined {
  const number = value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
  return Number.isSafeInteger(number) ? number : undefined;
}
