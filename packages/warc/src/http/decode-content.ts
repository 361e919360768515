import { decompress } from "#decompress";
import type { Compression } from "./compression.ts";
import type { HttpFaults } from "./http-fault.ts";
import { Replay } from "./replay.ts";

/** Nobody codes a body more often than twice; a head that says so a thousand times is meant to hurt. */
const mostCodings = 8;

/** What a coding is called (RFC 9110 8.4.1, RFC 8878 7.2), and has been. */
const compressions: Readonly<Record<string, "gzip" | "deflate" | "br" | "zstd">> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
  "x-deflate": "deflate",
  br: "br",
  zstd: "zstd",
};

/**
 * Removes codings from a body that comes in pieces, the last one first; `at` is where the body begins in its block. What only bears the
 * label of a coding is given as it is: many crawlers have decoded bodies and kept the label. Gives the bytes so far where the data are cut
 * or damaged. Holds little, whatever the data: as much is unpacked as is asked for.
 */
export function decodeContent(
  source: AsyncIterable<Uint8Array>,
  codings: readonly string[],
  at: number,
  faults: HttpFaults,
): AsyncIterable<Uint8Array> {
  if (codings.length > mostCodings) {
    faults.note("TOO_MANY_CODINGS", at, `The head names ${codings.length} codings, and no more than ${mostCodings} are removed`);
    return source;
  }
  let decoded = source;
  for (const coding of codings.toReversed()) {
    const compression = Object.hasOwn(compressions, coding) ? compressions[coding] : undefined;
    if (!compression) {
      faults.note(
        "UNKNOWN_CODING",
        at,
        `The head names the coding ${JSON.stringify(coding.slice(0, 80))}, which is none that can be removed`,
      );
      return decoded;
    }
    decoded = removeCoding(decoded, compression, at, faults);
  }
  return decoded;
}

async function* removeCoding(
  source: AsyncIterable<Uint8Array>,
  named: "gzip" | "deflate" | "br" | "zstd",
  at: number,
  faults: HttpFaults,
): AsyncGenerator<Uint8Array> {
  await using replay = new Replay(source);
  const start = await replay.peek(4);
  if (start.length === 0) return;
  const compression = recognise(named, start);
  let gave = false;
  if (compression) {
    const pieces = decompress(compression, () => replay.next());
    let next = await pieces.next();
    for (; !next.done; next = await pieces.next()) {
      if (!gave) replay.forget();
      gave = true;
      yield next.value;
    }
    replay.rethrow();
    if (next.value === "whole") return;
  }
  const isCertain = compression && compression !== "br" && compression !== "deflate-raw";
  if (gave || isCertain || !replay.canRewind) {
    faults.note("CODING_DAMAGED", at, `The body is cut or damaged: it cannot be unpacked to its end as ${named}`);
    return;
  }
  faults.note("NOT_CODED", at, `The head says that the body is coded as ${named}, and it is not`);
  replay.rewind();
  for (let piece = await replay.next(); piece; piece = await replay.next()) yield piece;
  replay.rethrow();
}

/** Which compression data begin with, undefined where it is not the one named. Brotli, and deflate without a frame, begin with anything. */
function recognise(
  named: "gzip" | "deflate" | "br" | "zstd",
  [first = 0, second = 0, third = 0, fourth = 0]: Uint8Array,
): Compression | undefined {
  switch (named) {
    case "gzip":
      return first === 0x1f && second === 0x8b ? "gzip" : undefined;
    case "deflate":
      // The frame of RFC 1950: method 8, and a check that makes the first two bytes a multiple of 31.
      return (first & 15) === 8 && ((first << 8) | second) % 31 === 0 ? "deflate" : "deflate-raw";
    case "zstd":
      return second === 0xb5 && third === 0x2f && fourth === 0xfd && first === 0x28 ? "zstd" : undefined;
    case "br":
      return "br";
    default:
      return named satisfies never;
  }
}
