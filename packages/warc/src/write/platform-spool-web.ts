import { WarcError } from "../error.ts";
import { GrowingBytes } from "../http/growing-bytes.ts";
import type { Spool } from "./spool.ts";

const mostHeld = 256 << 20;

/** In memory, since a browser has no other place that is there everywhere. Throws `STREAM_TOO_LONG` beyond 256 MiB. */
export const spool: Spool = async (pieces) => {
  const held = new GrowingBytes();
  for await (const piece of pieces) {
    if (held.length + piece.length > mostHeld) {
      const fix = "Give its block as a Blob's or file's RandomAccess, truncate it, or write it in Node";
      throw new WarcError("STREAM_TOO_LONG", `Cannot hold a block of more than ${mostHeld >> 20} MiB until its length is known`, fix);
    }
    held.add(piece);
  }
  return { length: held.length, bytes: held.bytes, [Symbol.asyncDispose]: async () => undefined };
};
