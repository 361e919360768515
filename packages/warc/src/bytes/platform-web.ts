import { WarcError } from "../error.ts";
import { crc32 } from "./crc32.ts";
import { Inflater } from "./inflater.ts";
import type { Feed, Platform, StreamEnd, Unpacked } from "./platform.ts";
import { concat } from "./stored-bytes.ts";

// Not DecompressionStream: it does not tell where a member ends, and takes what follows for damage.
export const platform: Platform = {
  inflate,
  inflateStream,
  gunzipRun: () => undefined,
  crc32,
  zstd: noZstd,
  zstdStream: noZstd,
};

const pieceSize = 1 << 15;

function inflate(input: Uint8Array, most: number): Unpacked | "damaged" | undefined {
  const inflater = new Inflater(pieceSize);
  inflater.feed(input);
  inflater.feed(undefined);
  const pieces: Uint8Array[] = [];
  let size = 0;
  let step = inflater.step();
  for (; step instanceof Uint8Array; step = inflater.step()) {
    pieces.push(step);
    size += step.length;
    if (size > most) return undefined;
  }
  if (step === "damaged") return step;
  // The checksum and the size, eight bytes, have to be here too.
  const isWhole = step === "end" && inflater.consumed + 8 <= input.length;
  return { plain: concat(pieces), consumed: isWhole ? inflater.consumed : undefined };
}

async function* inflateStream(feed: Feed, size: number): AsyncGenerator<Uint8Array, StreamEnd> {
  const inflater = new Inflater(size);
  for (;;) {
    const step = inflater.step();
    if (step instanceof Uint8Array) yield step;
    else if (step === "hungry") inflater.feed(await feed());
    else return { how: step === "end" ? "whole" : step, consumed: inflater.consumed };
  }
}

function noZstd(): never {
  const fix = "Give readRecords a decoder as its option zstd, read it in Node, or pack it anew with gzip";
  throw new WarcError("NO_ZSTD", "Cannot unpack zstd here: no browser does it frame by frame, with dictionaries", fix);
}
