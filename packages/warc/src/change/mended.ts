import type { Finding } from "../finding.ts";

/** A finding about an archive that is being mended; what was done about it is in `done`. */
export interface MendFinding extends Finding {
  readonly isMended: boolean;
}

/** What has been done about the faults of a stretch. */
export interface Done {
  /** Whether its record was found to have another length than its header says. */
  readonly hasNewLength: boolean;
  readonly hasNewDigests: boolean;
  /** Whether the record is none, and what there is of it stands beside the new archive. */
  readonly isApart: boolean;
  /** Whether a finding about the header can still be made about the new one. */
  readonly isLeft: (finding: Finding) => boolean;
}

/** Tells of a fault what has become of it. */
export function tellMend(finding: Finding, done: Done): MendFinding {
  const way = mendOf(finding, done);
  return { ...finding, done: way ?? "left it as it is", isMended: way !== undefined };
}

function mendOf(finding: Finding, { hasNewLength, hasNewDigests, isApart, isLeft }: Done): string | undefined {
  const { code } = finding;
  if (isApart && finding.record !== undefined) return apart;
  if (hasNewLength && code in byLength) return byLength[code];
  if (hasNewDigests && (code === "BAD_BLOCK_DIGEST" || code === "BAD_PAYLOAD_DIGEST")) return "wrote the digest that it has";
  if (code in byCode) return byCode[code];
  return ofBlock.test(code) || isLeft(finding) ? undefined : "wrote the header anew";
}

/** What the header has no part in. */
const ofBlock = /^(HTTP_|CHUNK|GZIP_|ZSTD_|AFTER_CHUNKS|(NO|BAD)_(HTTP|BLOCK_D|PAYLOAD_D)|NOT_CHUNKED|NOT_CODED|.*CODING|PAYLOAD_)/;

const apart = "put it beside the new archive";
const packed = "packed each record by itself";
const trailer = "wrote the line ends that belong there";
const length = "wrote the Content-Length that the block has";

const byCode: Readonly<Record<string, string>> = {
  BAD_TRAILER: trailer,
  EXTRA_NEWLINES: "left them out",
  GARBAGE: "put them beside the new archive",
  HEADER_TOO_LONG: apart,
  RECORD_CUT: "kept what there is of it, and said so in its header",
  ARC_NO_SEPARATOR: trailer,
  SHARED_MEMBER: packed,
  SPLIT_RECORD: packed,
  GZIP_CUT: "closed the member behind what there is",
  GZIP_DAMAGED: "kept what comes before the damage, and put the whole member beside the new archive",
  GZIP_EMPTY_MEMBER: "left it out",
  GZIP_GARBAGE: "put them beside the new archive",
  GZIP_PADDING: "left them out",
  ZSTD_CUT: "closed the frame behind what there is",
  ZSTD_DAMAGED: "kept what comes before the damage, and put the whole frame beside the new archive",
  ZSTD_GARBAGE: "put them beside the new archive",
  ZSTD_NO_CHECKSUM: packed,
  ZSTD_NO_DICTIONARY: apart,
  ZSTD_NO_SIZE: packed,
  ZSTD_STARTS_WITH_EXTENSION: "left it out",
};

/** Faults that a wrong length makes, once it is right. */
const byLength: Readonly<Record<string, string>> = {
  BAD_TRAILER: length,
  EXTRA_NEWLINES: "left out those that do not belong to the block",
  GARBAGE: "took them into the block that they belong to",
  RECORD_CUT: length,
  BAD_BLOCK_DIGEST: length,
  BAD_PAYLOAD_DIGEST: length,
};
