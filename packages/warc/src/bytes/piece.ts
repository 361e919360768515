import type { Finding } from "../finding.ts";

/** Some of the plain bytes of an archive, in order. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** Of `bytes[0]`, from the start of the file as it is stored; for a compressed one of the member that it is in. */
  readonly offset: number;
  /** The gzip member or zstd frame that it is in. */
  readonly member?: Member;
  /** Whether bytes are lost between this piece and the next one. */
  readonly broken?: true;
}

/**
 * Is told with `next` how many of the plain bytes that follow nobody wants, and may leave out as many, or fewer; the next piece, which then is
 * of no member, stands so much further on.
 */
export type Batches = AsyncIterator<readonly Piece[], void, number | undefined>;

export interface Member {
  readonly kind: "gzip" | "zstd";
  /** From the start of the stored file. */
  readonly offset: number;
  /** As it is stored; undefined until its end has been seen. */
  length: number | undefined;
}

/** What is wrong with how the bytes are stored. Which record is hurt only the reader of records knows. */
export type StorageFault = Omit<Finding, "record" | "plainOffset" | "line"> & {
  /** Whether it hurts the bytes that are given next, and not what lies between two members. */
  readonly inside: boolean;
};

export type ReportFault = (fault: StorageFault) => void;
