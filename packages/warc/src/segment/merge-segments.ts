import type { Finding } from "../finding.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { findSegments, placeOfSegment, type Segment, type SegmentSource } from "./find-segments.ts";
import { type JoinedRecord, joinSegments } from "./join-segments.ts";
import { orderSegments } from "./order-segments.ts";

export interface MergeSegmentsOptions {
  /** Is told of each finding, and the name of the source that it is about. */
  readonly report?: (finding: Finding, source: string) => void;
}

/** What has become of the segments of one record. */
type Outcome = { readonly record: JoinedRecord; readonly segments: readonly Segment[] } | "left";

/**
 * All records of several files, in which those that were segmented (ISO 28500:2017 7) are whole again: each stands where its first segment
 * does, whatever file and order the others are in. Segments that do not make a whole record are given as they are, and are findings. The
 * files are read twice, and segments once more; what is held is about a hundred bytes a segment. A record that is given is good until the next is
 * asked for.
 */
export async function* mergeSegments(
  sources: readonly SegmentSource[],
  { report = () => undefined }: MergeSegmentsOptions = {},
): AsyncGenerator<ArchiveRecord | JoinedRecord, void> {
  const found = await findSegments(sources);
  const outcomes = new Map<string, Outcome>();
  const tell = (finding: Finding, { source }: Segment) => report(finding, sources[source]?.name ?? "");
  for (const [source, { name, input }] of sources.entries()) {
    for await (const record of readRecords(input, { report: (finding) => report(finding, name) })) {
      const place = placeOfSegment(record);
      const outcome = place && (outcomes.get(place.origin) ?? (await settle(sources, found.get(place.origin) ?? [], tell)));
      if (place && outcome) outcomes.set(place.origin, outcome);
      const segment = place && outcome && outcome !== "left" ? outcome.segments[place.number - 1] : undefined;
      const isMerged = segment?.source === source && segment.record === record.number;
      if (!isMerged) yield record;
      else if (outcome && outcome !== "left" && segment.number === 1) yield outcome.record;
    }
  }
}

async function settle(
  sources: readonly SegmentSource[],
  found: readonly Segment[],
  tell: (finding: Finding, segment: Segment) => void,
): Promise<Outcome> {
  const segments = orderSegments(found, tell);
  const record = segments && (await joinSegments(sources, segments, tell));
  return record ? { record, segments } : "left";
}
