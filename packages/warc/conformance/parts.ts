import { gzipMember, zstdFrame } from "./packing.ts";

/** What a file is put together of, in order. */
export type Part = RecordPart | Filler | Packed;

/** A record with its header, block and trailer, and what of it a reader is to find. */
export interface RecordPart {
  readonly kind: "record";
  readonly bytes: Buffer;
  readonly type: string | null;
  readonly headLength: number;
  readonly blockLength: number;
  /** Whether a reader can know that there is a record: of one in a member that is lost it cannot. */
  readonly isLost?: true;
}

/** Bytes that are of no record. */
export interface Filler {
  readonly kind: "filler";
  readonly bytes: Buffer;
}

/** A gzip member or a zstd frame. */
export interface Packed {
  readonly kind: "packed";
  readonly bytes: Buffer;
  /** Bytes that a reader gets out of it. */
  readonly plainLength: number;
  /** What begins in it. */
  readonly holds: readonly (RecordPart | Filler)[];
}

export function filler(bytes: string | Uint8Array): Filler {
  return { kind: "filler", bytes: typeof bytes === "string" ? Buffer.from(bytes, "latin1") : Buffer.from(bytes) };
}

export function gzipped(...holds: readonly (RecordPart | Filler)[]): Packed {
  return packed(gzipMember, holds);
}

export function zstdPacked(...holds: readonly (RecordPart | Filler)[]): Packed {
  return packed(zstdFrame, holds);
}

function packed(pack: (plain: Uint8Array) => Buffer, holds: readonly (RecordPart | Filler)[]): Packed {
  const plain = Buffer.concat(holds.map(({ bytes }) => bytes));
  return { kind: "packed", bytes: pack(plain), plainLength: plain.length, holds };
}

/** Where something is: in the file as it is stored, of packed things their member, and in the file as it is when unpacked. */
export interface Place {
  readonly offset: number;
  readonly plainOffset: number;
}

export type PlacedRecord = RecordPart & Place;

/** Where all of it comes to lie. */
export function layOut(parts: readonly Part[]): {
  readonly bytes: Buffer;
  readonly records: readonly PlacedRecord[];
  readonly places: readonly Place[];
} {
  const records: PlacedRecord[] = [];
  const places: Place[] = [];
  let offset = 0;
  let plainOffset = 0;
  for (const part of parts) {
    places.push({ offset, plainOffset });
    if (part.kind === "record") records.push({ ...part, offset, plainOffset });
    if (part.kind === "packed") records.push(...layOutPacked(part, { offset, plainOffset }));
    offset += part.bytes.length;
    plainOffset += part.kind === "packed" ? part.plainLength : part.bytes.length;
  }
  return { bytes: Buffer.concat(parts.map(({ bytes }) => bytes)), records: records.filter(({ isLost }) => !isLost), places };
}

function layOutPacked({ holds }: Packed, { offset, plainOffset }: Place): PlacedRecord[] {
  let inside = plainOffset;
  const records: PlacedRecord[] = [];
  for (const part of holds) {
    if (part.kind === "record") records.push({ ...part, offset, plainOffset: inside });
    inside += part.bytes.length;
  }
  return records;
}
