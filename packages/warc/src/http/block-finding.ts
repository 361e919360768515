import type { Finding } from "../finding.ts";

/** A finding about what is inside a block. Whoever has only the block knows no more about its place. */
export interface BlockFinding extends Omit<Finding, "record" | "offset" | "plainOffset" | "line"> {
  /** Bytes from the start of the block. */
  readonly at: number;
}

/** Where the record is that a block belongs to: an `ArchiveRecord` is one. */
export interface BlockPlace {
  readonly number: number;
  readonly offset: number;
  readonly plainOffset: number;
  /** The record's header, with its blank line: the block begins behind it. */
  readonly head: Uint8Array;
}

/** Says where in the file a finding about a block is. A place inside a gzip member or zstd frame is stored nowhere: its `offset` is the record's. */
export function locateFinding({ at, ...finding }: BlockFinding, record: BlockPlace): Finding {
  const plainOffset = record.plainOffset + record.head.length + at;
  const isStoredPlain = record.offset === record.plainOffset;
  return {
    ...finding,
    record: record.number,
    offset: isStoredPlain ? record.offset + record.head.length + at : record.offset,
    plainOffset,
  };
}
