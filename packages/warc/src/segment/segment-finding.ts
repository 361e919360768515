import type { Finding } from "../finding.ts";
import type { Segment } from "./find-segments.ts";

const left = "left the segments as they are";
const clause = "7";

/** What keeps segments from being merged, or is odd about them (ISO 28500:2017 7). */
const rules = {
  SEGMENT_NO_ORIGIN: { severity: "error", clause: "5.21", done: left },
  SEGMENT_MISSING: { severity: "error", clause: "5.20", done: left },
  SEGMENT_REPEATED: { severity: "error", clause: "5.20", done: "took the first, and left the other as it is" },
  SEGMENT_ORDER: { severity: "warning", clause, done: "merged them by their numbers" },
  SEGMENT_NO_TOTAL: { severity: "error", clause: "5.22", done: left },
  SEGMENT_WRONG_TOTAL: { severity: "error", clause: "5.22", done: left },
  SEGMENT_DAMAGED: { severity: "error", clause: "5.8", done: left },
  SEGMENT_SHARED_MEMBER: { severity: "error", clause: "D.2", done: left },
  BAD_PAYLOAD_DIGEST: { severity: "error", clause: "5.9", done: "merged the segments all the same" },
} as const satisfies Record<string, Pick<Finding, "severity" | "clause" | "done">>;

/** The finding about one segment, at its place. */
export function segmentFinding(code: keyof typeof rules, message: string, { record, offset, plainOffset }: Segment): Finding {
  return { code, message, ...rules[code], record, offset, plainOffset };
}
