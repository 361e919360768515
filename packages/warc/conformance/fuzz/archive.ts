import { constants, gzipSync, zstdCompressSync } from "node:zlib";

/** An archive as it is mutated: what is in it, how it is packed, and what has befallen its stored bytes. */
export interface Archive {
  /** Of each member the plain bytes; of a file that is not packed, what is between the places where it may be cut. */
  readonly members: readonly Buffer[];
  readonly packing: Packing;
  readonly damage: readonly Damage[];
}

export type Packing = "none" | "gzip" | "zstd";

/** A change of the stored bytes, `at` a share of their length. */
export interface Damage {
  readonly at: number;
  readonly kind: "flip" | "insert" | "zeros" | "remove" | "cut";
  readonly size: number;
}

/** The bytes of the file. */
export function store({ members, packing, damage }: Archive): Buffer {
  return damage.reduce(hurt, Buffer.concat(members.map(packers[packing])));
}

const packers: Readonly<Record<Packing, (plain: Buffer) => Buffer>> = {
  none: (plain) => plain,
  gzip: (plain) => gzipSync(plain, { level: 1 }),
  zstd: (plain) => zstdCompressSync(plain, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
};

function hurt(bytes: Buffer, { at, kind, size }: Damage): Buffer {
  const place = Math.floor(at * bytes.length);
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (kind) {
    case "flip":
      return Buffer.concat([before, Buffer.from([(bytes[place] ?? 0) ^ (1 << (size & 7))]), after.subarray(1)]);
    case "insert":
      return Buffer.concat([before, Buffer.from("\x1f\x8b\x08\0garbage WARC/1.1\r\n".repeat(3)).subarray(0, size), after]);
    case "zeros":
      return Buffer.concat([before, Buffer.alloc(size), after]);
    case "remove":
      return Buffer.concat([before, after.subarray(size)]);
    case "cut":
      return before;
    default:
      return kind satisfies never;
  }
}
