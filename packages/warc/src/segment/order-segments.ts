import type { Finding } from "../finding.ts";
import type { Segment } from "./find-segments.ts";
import { segmentFinding } from "./segment-finding.ts";

/** Tells of a finding, and of the segment that it is about. */
export type ReportSegment = (finding: Finding, segment: Segment) => void;

/** So many records before it are read again to get at a segment in a member: more would take the square of their number. */
const mostSkipped = 64;

/** The segments of one record, of which there is at least one, from the first to the last. Undefined where they make no whole record. */
export function orderSegments(found: readonly Segment[], report: ReportSegment): Segment[] | undefined {
  const segments = withoutDoubles(found, report);
  const gaps = [...checkNumbers(segments)];
  // What is missing is missing from their sum, too: that need not be said.
  const findings = [...gaps, ...(gaps.length > 0 ? [] : checkTotal(segments)), ...checkPlaces(segments)];
  for (const [finding, segment] of findings) report(finding, segment);
  return findings.some(([{ severity }]) => severity === "error") ? undefined : segments;
}

type Found = readonly [Finding, Segment];

function found(code: Parameters<typeof segmentFinding>[0], message: string, segment: Segment): Found {
  return [segmentFinding(code, message, segment), segment];
}

function withoutDoubles(found: readonly Segment[], report: ReportSegment): Segment[] {
  const kept: Segment[] = [];
  // A stable sort: of equal numbers the one that was found first stays first.
  for (const segment of found.toSorted((a, b) => a.number - b.number)) {
    if (kept.at(-1)?.number !== segment.number) kept.push(segment);
    else report(segmentFinding("SEGMENT_REPEATED", `Segment ${segment.number} is there more than once`, segment), segment);
  }
  return kept;
}

function* checkNumbers(segments: readonly Segment[]): Generator<Found> {
  let expected = 1;
  for (const segment of segments) {
    const { number } = segment;
    if (number > expected && expected === 1) yield found("SEGMENT_NO_ORIGIN", `Segment ${number} is there, and the first is not`, segment);
    else if (number > expected) {
      const lacking = number === expected + 1 ? `segment ${expected}` : `segments ${expected} to ${number - 1}`;
      yield found("SEGMENT_MISSING", `Before segment ${number} lacks ${lacking}`, segment);
    }
    expected = number + 1;
  }
  const [only, second] = segments;
  if (only?.number === 1 && !second) yield found("SEGMENT_MISSING", "The record is a first segment, and there is no other", only);
}

function* checkTotal(segments: readonly Segment[]): Generator<Found> {
  const last = segments.at(-1);
  if (!last) return;
  if (last.total === undefined) {
    yield found("SEGMENT_NO_TOTAL", `Segment ${last.number} is the last, and has no WARC-Segment-Total-Length: more may be missing`, last);
    return;
  }
  const sum = segments.reduce((length, segment) => length + segment.length, 0);
  if (sum !== last.total)
    yield found("SEGMENT_WRONG_TOTAL", `The segments have ${sum} bytes, expected ${last.total} by WARC-Segment-Total-Length`, last);
}

function* checkPlaces(segments: readonly Segment[]): Generator<Found> {
  let before: Segment | undefined;
  for (const segment of segments) {
    if (before && (segment.source < before.source || (segment.source === before.source && segment.record < before.record)))
      yield found("SEGMENT_ORDER", `Segment ${segment.number} stands before segment ${before.number}`, segment);
    if (segment.skip > mostSkipped) {
      const message = `Segment ${segment.number} is behind ${segment.skip} other records of one member: pack the file anew first, one member a record`;
      yield found("SEGMENT_SHARED_MEMBER", message, segment);
    }
    before = segment;
  }
}
