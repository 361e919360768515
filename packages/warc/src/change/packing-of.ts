import { platform } from "#platform";
import type { RandomAccess } from "../bytes/input.ts";
import { findDictionary } from "../bytes/zstd-dictionary.ts";
import { isZstd } from "../bytes/zstd-frame.ts";
import type { Packing } from "../write/pack-record.ts";

/** What an archive is packed with, by its first bytes: what is to stay as it was is packed with the same, and with the same dictionary. */
export async function packingOf(input: RandomAccess): Promise<Packing> {
  const start = await input.read(0, 4);
  if (start[0] === 0x1f && start[1] === 0x8b) return { kind: "gzip" };
  if (!isZstd(start)) return { kind: "plain" };
  const dictionary = await findDictionary(input, platform);
  return { kind: "zstd", ...(dictionary && { dictionary }) };
}

/** What the name of an archive says that it is to be packed with: `.gz`, `.zst`, or none. */
export function packingNamed(path: string): Packing {
  if (/\.gz$/i.test(path)) return { kind: "gzip" };
  return { kind: /\.zst$/i.test(path) ? "zstd" : "plain" };
}
