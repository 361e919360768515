import { charsetOf, enoughToTell } from "./charset.ts";

export interface DecodedText {
  /** As decoders name it: `utf-8`. */
  readonly charset: string;
  readonly pieces: AsyncIterable<string>;
}

/** Bytes that are decoded at once: what comes in one piece may be large. */
const pieceSize = 1 << 16;

/** Decodes the text of a body by its own signs and by what the HTTP header or the record says of it. What is no text of that encoding is `�`. */
export async function decodeText(body: AsyncIterable<Uint8Array>, contentType: string | undefined): Promise<DecodedText> {
  const pieces = body[Symbol.asyncIterator]();
  const begun: Uint8Array[] = [];
  let length = 0;
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    begun.push(next.value);
    length += next.value.length;
    if (length >= enoughToTell) break;
  }
  const charset = charsetOf(firstBytes(begun), contentType);
  return { charset, pieces: decode(begun, pieces, charset) };
}

function firstBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const start = new Uint8Array(
    Math.min(
      pieceSize,
      pieces.reduce((sum, { length }) => sum + length, 0),
    ),
  );
  let at = 0;
  for (const piece of pieces) {
    const part = piece.subarray(0, start.length - at);
    start.set(part, at);
    at += part.length;
  }
  return start;
}

async function* decode(begun: readonly Uint8Array[], pieces: AsyncIterator<Uint8Array>, charset: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(charset);
  const split = function* (bytes: Uint8Array) {
    for (let at = 0; at < bytes.length; at += pieceSize) yield decoder.decode(bytes.subarray(at, at + pieceSize), { stream: true });
  };
  for (const bytes of begun) yield* split(bytes);
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield* split(next.value);
  yield decoder.decode();
}
