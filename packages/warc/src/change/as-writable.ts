import type { ArchiveRecord } from "../read/record.ts";
import type { WritableRecord } from "../write/record-bytes.ts";

/** A record that was read, to be written as it was. A length of −1, which stands in some ARC files, is one of an empty block. */
export function asWritable({ format, head, contentLength = 0, block }: ArchiveRecord): WritableRecord {
  return { format, head, contentLength: Math.max(0, contentLength), block };
}
