/** What a platform lends: the few things that a web standard does not offer in the form that an archive needs. */
export interface Platform {
  /**
   * Unpacks the raw deflate stream (RFC 1951) at the start of `input` at once. `consumed` tells where it ends, or that it has not ended
   * within `input`, and `plain` is then what there is of it. Undefined where it gives more than `most` bytes.
   */
  inflate(input: Uint8Array, most: number): Unpacked | "damaged" | undefined;
  /** Unpacks one that is too large for that, or damaged: yields all that can be saved, in pieces of about `pieceSize` bytes. */
  inflateStream(feed: Feed, pieceSize: number): AsyncGenerator<Uint8Array, StreamEnd>;
  /**
   * Unpacks sound gzip members (RFC 1952) that lie one behind the other at once, which is quicker than each by itself; `isEnd` where nothing
   * follows `bytes`. Undefined where that cannot be done, as where no platform can.
   */
  gunzipRun(bytes: Uint8Array, isEnd: boolean, most: RunLimit): MemberRun | undefined;
  /** CRC-32 as gzip has it (RFC 1952 8), of `bytes` after those that gave `before`. */
  crc32(bytes: Uint8Array, before?: number): number;
  /** Unpacks one whole Zstandard frame (RFC 8878); undefined where it gives more than `most` bytes. */
  zstd(frame: Uint8Array, most: number, dictionary: Uint8Array | undefined): Uint8Array | "damaged" | undefined;
  /** Unpacks a frame that is too large for that; `feed` ends where the frame does. */
  zstdStream(feed: Feed, dictionary: Uint8Array | undefined): AsyncGenerator<Uint8Array, StreamEnd>;
}

/** At most so many members, and so many plain bytes of all. */
export interface RunLimit {
  readonly members: number;
  readonly bytes: number;
}

export interface MemberRun {
  readonly members: readonly RunMember[];
  /** Of all of them, one behind the other. */
  readonly plain: Uint8Array;
}

/** How many bytes a member has as stored, and when unpacked. */
export interface RunMember {
  readonly length: number;
  readonly size: number;
}

export interface Unpacked {
  readonly plain: Uint8Array;
  /** Bytes of the input that belong to the stream; undefined where it goes on after them. */
  readonly consumed: number | undefined;
}

/** Gives the next bytes of what is to be unpacked, and undefined once there are no more. */
export type Feed = () => Promise<Uint8Array | undefined>;

export interface StreamEnd {
  readonly how: "whole" | "cut" | "damaged";
  /** Bytes of all that was fed which belong to the stream; of one that is damaged, those known to be sound. */
  readonly consumed: number;
}
