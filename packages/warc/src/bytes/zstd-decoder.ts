import { WarcError } from "../error.ts";
import type { Feed, Platform, StreamEnd } from "./platform.ts";
import { concat } from "./stored-bytes.ts";
import { ZstdWalk } from "./zstd-frame.ts";

/** Unpacks Zstandard (RFC 8878) in place of the platform, where that cannot: in a browser. */
export interface ZstdDecoder {
  /** One whole frame. Throws where it cannot be unpacked; whether its checksum is right is for the decoder to say, or for nobody. */
  decompress(frame: Uint8Array): Uint8Array;
  /** The same with a dictionary, as it begins with its magic number (RFC 8878 5). Left out by a decoder that takes none. */
  decompressWithDictionary?(frame: Uint8Array, dictionary: Uint8Array): Uint8Array;
}

/** A platform that unpacks zstd by the decoder that its caller has. A frame of any size is held whole, packed and unpacked. */
export function lendZstd(platform: Platform, decoder: ZstdDecoder): Platform {
  const unpack = (frame: Uint8Array, dictionary: Uint8Array | undefined) => attempt(decoder, frame, dictionary);
  return {
    ...platform,
    zstd: (frame, _, dictionary) => unpack(frame, dictionary) ?? "damaged",
    async *zstdStream(feed, dictionary): AsyncGenerator<Uint8Array, StreamEnd> {
      const frame = await gather(feed);
      const plain = unpack(frame, dictionary);
      if (plain) yield plain;
      return { how: plain ? "whole" : "damaged", consumed: plain ? frame.length : 0 };
    },
  };
}

/** Undefined where it cannot be unpacked. Throws `NO_ZSTD_DICTIONARY`. */
function attempt(decoder: ZstdDecoder, frame: Uint8Array, dictionary: Uint8Array | undefined): Uint8Array | undefined {
  if (dictionary && !decoder.decompressWithDictionary) throw noDictionaries();
  // Not every decoder looks: without its dictionary a frame may be unpacked to something else.
  if (!dictionary && needsDictionary(frame)) return undefined;
  try {
    return dictionary ? decoder.decompressWithDictionary?.(frame, dictionary) : decoder.decompress(frame);
  } catch {
    // What each decoder says of it is its own; that the frame is damaged is a finding, with its place.
    return undefined;
  }
}

function needsDictionary(frame: Uint8Array): boolean {
  const walked = new ZstdWalk().walk(frame, 0);
  return walked !== undefined && walked !== "cut" && walked.kind === "data" && walked.dictionaryId !== 0;
}

async function gather(feed: Feed): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  // What is fed is a part of what the reader goes on to fill anew.
  for (let piece = await feed(); piece; piece = await feed()) pieces.push(piece.slice());
  return concat(pieces);
}

function noDictionaries(): WarcError {
  const fix = "Give one that has decompressWithDictionary, read it in Node, or pack it anew with gzip";
  return new WarcError(
    "NO_ZSTD_DICTIONARY",
    "Cannot unpack the archive: it has a zstd dictionary, and the decoder that was given takes none",
    fix,
  );
}
