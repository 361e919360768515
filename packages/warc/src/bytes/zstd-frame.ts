/** A frame, as far as its header and the heads of its blocks tell without unpacking it (RFC 8878 3.1). */
export type ZstdFrame = DataFrame | SkippableFrame;

export interface DataFrame {
  readonly kind: "data";
  /** All of the frame, in bytes. */
  readonly length: number;
  readonly hasSize: boolean;
  readonly hasChecksum: boolean;
  /** 0 where it needs none. */
  readonly dictionaryId: number;
}

export interface SkippableFrame {
  readonly kind: "skippable";
  readonly length: number;
  readonly isDictionary: boolean;
}

const dataMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
/** Of the skippable frame that holds a dictionary, warc-zstd "Dictionary frame format". */
const dictionaryMagic = 0x184d2a5d;
const largestBlock = 1 << 17;

/** Whether a frame of either kind begins here. */
export function isZstd(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const magic = viewOf(bytes).getUint32(0, true);
  return magic === dataMagic || isSkippable(magic);
}

/** Follows a frame from block to block to its end, however few of its bytes are here at a time. */
export class ZstdWalk {
  /** How many blocks have been passed. */
  blocks = 0;
  /** Where the next block is, in the frame. */
  at = 0;
  #head: Omit<DataFrame, "kind" | "length"> | undefined;

  /** `bytes` begin `dropped` bytes behind the frame's start, which must be 0 until it has a header. Undefined where there is no frame. */
  walk(bytes: Uint8Array, dropped: number): ZstdFrame | "cut" | undefined {
    if (!this.#head) {
      if (bytes.length < 8) return isZstd(bytes) ? "cut" : undefined;
      const view = viewOf(bytes);
      const magic = view.getUint32(0, true);
      if (isSkippable(magic)) return { kind: "skippable", length: 8 + view.getUint32(4, true), isDictionary: magic === dictionaryMagic };
      if (magic !== dataMagic) return undefined;
      const { length, ...head } = readHead(bytes);
      if (bytes.length < length) return "cut";
      this.#head = head;
      this.at = length;
    }
    return this.#walkBlocks(bytes, dropped, this.#head);
  }

  #walkBlocks(bytes: Uint8Array, dropped: number, head: Omit<DataFrame, "kind" | "length">): ZstdFrame | "cut" | undefined {
    for (let here = this.at - dropped; here + 3 <= bytes.length; here = this.at - dropped) {
      const block = (bytes[here] ?? 0) | ((bytes[here + 1] ?? 0) << 8) | ((bytes[here + 2] ?? 0) << 16);
      const type = (block >> 1) & 3;
      const size = block >>> 3;
      if (type === 3 || size > largestBlock) return undefined;
      // A block of one byte repeated stores that byte only.
      this.at += 3 + (type === 1 ? 1 : size);
      this.blocks++;
      if (block & 1) return { kind: "data", length: this.at + (head.hasChecksum ? 4 : 0), ...head };
    }
    return "cut";
  }
}

function isSkippable(magic: number): boolean {
  return (magic & 0xfffffff0) >>> 0 === skippableMagic;
}

/** RFC 8878 3.1.1.1; of the dictionary's number only as much as is here. */
function readHead(bytes: Uint8Array) {
  const flags = bytes[4] ?? 0;
  const isSingleSegment = (flags & 0x20) !== 0;
  const idSize = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeSize = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const idAt = isSingleSegment ? 5 : 6;
  const dictionaryId = bytes.subarray(idAt, idAt + idSize).reduceRight((sum, byte) => sum * 256 + byte, 0);
  return { length: idAt + idSize + sizeSize, hasSize: sizeSize > 0, hasChecksum: (flags & 4) !== 0, dictionaryId };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
