import { compose, Readable } from "node:stream";
import { constants, createGzip, createZstdCompress } from "node:zlib";
import type { RandomAccess } from "../bytes/input.ts";

/** How the records of a file are packed: each by itself, or not at all. */
export type Packing = "plain" | "gzip" | "zstd" | "zstd with a dictionary";

const magics: readonly [magic: string, packing: Packing][] = [
  ["1f8b", "gzip"],
  ["28b52ffd", "zstd"],
  // A skippable frame, which holds the dictionary.
  ["5d2a4d18", "zstd with a dictionary"],
];

/** Tells it by the first bytes, never by a name. */
export async function packingOf(file: RandomAccess): Promise<Packing> {
  const start = Buffer.from(await file.read(0, 4)).toString("hex");
  return magics.find(([magic]) => start.startsWith(magic))?.[1] ?? "plain";
}

/** Packs one record of `size` bytes. A dictionary is nothing that can be taken from one file into another: frames without it are larger, and sound. */
export async function* packPieces(pieces: AsyncIterable<Uint8Array>, size: number, packing: Packing): AsyncGenerator<Uint8Array> {
  if (packing === "plain") return yield* pieces;
  const zstd = { params: { [constants.ZSTD_c_checksumFlag]: 1 }, pledgedSrcSize: size };
  const packed: AsyncIterable<Uint8Array> = compose(Readable.from(pieces), packing === "gzip" ? createGzip() : createZstdCompress(zstd));
  yield* packed;
}
