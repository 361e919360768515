/** What a body may be compressed with; `deflate` has two forms, of which the one without a frame was never meant and is everywhere. */
export type Compression = "gzip" | "deflate" | "deflate-raw" | "br" | "zstd";

/** How compressed data ended. */
export type Ending = "whole" | "damaged";

/** Gives the next bytes that are to be unpacked, undefined once there are no more. Never rejects. */
export type Feed = () => Promise<Uint8Array | undefined>;

/** Unpacks as much as it is asked for, and gives what can be had of data that are cut or damaged. */
export type Decompress = (compression: Compression, feed: Feed) => AsyncGenerator<Uint8Array, Ending>;
