import { WarcError } from "../error.ts";
import type { Format } from "../read/record.ts";

/** A record that can be written: its header to the byte, and its block. A record that a reader gives is one, and is written as it was. */
export interface WritableRecord {
  readonly format: Format;
  /** With its blank line. */
  readonly head: Uint8Array;
  /** Bytes of the block, as the header says; undefined, where that does not tell, is an empty block. */
  readonly contentLength: number | undefined;
  readonly block: Uint8Array | AsyncIterable<Uint8Array>;
}

/** What stands behind a block, ISO 28500:2017 4 and the ARC format. */
const trailers: Readonly<Record<Format, Uint8Array>> = { warc: Uint8Array.of(13, 10, 13, 10), arc: Uint8Array.of(10) };

/** How many bytes a record takes when it is not packed. */
export function sizeOfRecord({ format, head, contentLength = 0 }: WritableRecord): number {
  return head.length + contentLength + trailers[format].length;
}

/**
 * The bytes of a record (ISO 28500:2017 4): header, block, and the line ends behind it. Throws `WRONG_LENGTH` where the block is not as long as
 * the header says; what it has given until then is no record.
 */
export async function* bytesOfRecord(record: WritableRecord): AsyncGenerator<Uint8Array, void> {
  const { format, head, contentLength = 0, block } = record;
  yield head;
  let length = 0;
  for await (const piece of block instanceof Uint8Array ? [block] : block) {
    length += piece.length;
    if (length > contentLength) throw wrongLength(`${length} or more`, contentLength);
    if (piece.length > 0) yield piece;
  }
  if (length < contentLength) throw wrongLength(String(length), contentLength);
  yield trailers[format];
}

function wrongLength(found: string, expected: number): WarcError {
  return new WarcError(
    "WRONG_LENGTH",
    `Cannot write a record whose block has ${found} bytes: its header says ${expected}`,
    'Give it the Content-Length that its block has: editHead(record, { "Content-Length": … })',
  );
}
