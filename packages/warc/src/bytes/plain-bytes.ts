import type { Batches, Member, Piece } from "./piece.ts";
import { concat } from "./stored-bytes.ts";

/** Where plain bytes begin to be those of another member, or stand at another place of a file that is not packed. */
interface Mark {
  readonly plainOffset: number;
  readonly offset: number;
  readonly member: Member | undefined;
}

const none = new Uint8Array(0);

/** So many bytes are joined at least where some are left over: most headers are shorter. */
const leastJoined = 1 << 12;

/**
 * The plain bytes of an archive from where the reader stands, as many as it has asked for, and which member each is in. Most of what is asked
 * for is here already: `take` gets it without a promise, and only where that fails is `fetch` to be waited for.
 */
export class PlainBytes {
  bytes: Uint8Array = none;
  /** Of the next byte, in `bytes`: what lies before it has been read. */
  at = 0;
  /** Whether bytes are lost behind those that are here: no more come until `passBreak`. */
  broken = false;
  /** Of the byte behind all that have been fetched. */
  endOffset: number;
  readonly #batches: Batches;
  #ended = false;
  #queue: Piece[] = [];
  #queued = 0;
  #marks: Mark[] = [];
  /** Of `bytes[0]`. */
  #base: number;

  constructor(batches: Batches, plainOffset: number) {
    this.#batches = batches;
    this.#base = plainOffset;
    this.endOffset = plainOffset;
  }

  /** Of the next byte, from the start of the file as it is when unpacked. */
  get plainOffset(): number {
    return this.#base + this.at;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Whether no byte will come behind those that are here. */
  get final(): boolean {
    return this.broken || (this.#ended && this.#queue.length === 0);
  }

  /** Gets bytes that have been fetched, as many again as are left, so that asking over and over stays cheap. False where there are not so many. */
  take(): boolean {
    const kept = this.left;
    if (this.broken || this.#queue.length === 0 || (this.#queued < kept && !this.#ended && !this.#queue.at(-1)?.broken)) return false;
    this.#base += this.at;
    if (kept === 0) this.bytes = this.#shift(0, Number.POSITIVE_INFINITY);
    else this.#join(kept);
    this.at = 0;
    return this.left > kept;
  }

  /** Copies no more than it must of what comes next, which may be large. */
  #join(kept: number): void {
    const parts = [this.bytes.subarray(this.at)];
    const enough = kept + Math.max(kept, leastJoined);
    for (let length = kept; length < enough && this.#queue.length > 0 && !this.broken; ) {
      const next = this.#shift(length, enough - length);
      parts.push(next);
      length += next.length;
    }
    this.bytes = concat(parts);
  }

  /** The bytes of the next piece that has any, but `most` of them; they will stand behind `before` bytes. */
  #shift(before: number, most: number): Uint8Array {
    let piece = this.#queue.shift();
    while (piece && piece.bytes.length === 0 && !piece.broken && this.#queue.length > 0) piece = this.#queue.shift();
    if (!piece) return none;
    const { bytes, offset, member, broken } = piece;
    const taken = bytes.length > most ? bytes.subarray(0, most) : bytes;
    if (taken.length > 0) this.#mark(this.#base + before, offset, member);
    if (taken.length < bytes.length)
      this.#queue.unshift({ ...piece, bytes: bytes.subarray(most), offset: member ? offset : offset + most });
    else this.broken = broken ?? false;
    this.#queued -= taken.length;
    return taken;
  }

  /**
   * Fetches bytes, so that `take` gets some, or there are no more. Of those behind what is here, `unwanted` may be left out: then the reader
   * stands further on.
   */
  async fetch(unwanted = 0): Promise<void> {
    let without = this.left === 0 && this.#queue.length === 0 ? unwanted : 0;
    do {
      const next = await this.#batches.next(without);
      if (next.done) {
        this.#ended = true;
        return;
      }
      if (without > 0) this.#passTo(next.value[0]);
      without = 0;
      for (const piece of next.value) {
        this.#queue.push(piece);
        this.#queued += piece.bytes.length;
        this.endOffset += piece.bytes.length;
      }
    } while (this.#queued < Math.max(1, this.left) && !this.#queue.at(-1)?.broken);
  }

  /** Goes to where a piece stands that is not packed: what lies before it has been left out. */
  #passTo(piece: Piece | undefined): void {
    if (!piece || piece.member) return;
    const skipped = piece.offset - this.place(this.endOffset).offset;
    this.#base += skipped;
    this.endOffset += skipped;
  }

  /** Gets bytes until there are `length`. False where they have to be fetched first; true also where there are fewer, and no more will come. */
  have(length: number): boolean {
    while (this.left < length) if (!this.take()) return this.final;
    return true;
  }

  /** Goes on behind lost bytes. */
  passBreak(): void {
    this.broken = false;
    // What was last seen is still the nearest place where nothing follows.
    this.#marks = this.#marks.slice(-1);
  }

  /** Where the byte at `plainOffset` is stored, and whether a member begins with it. Forgets the places before. */
  place(plainOffset: number): { readonly offset: number; readonly member: Member | undefined; readonly startsMember: boolean } {
    while (this.#marks[1] && this.#marks[1].plainOffset <= plainOffset) this.#marks.shift();
    const mark = this.#marks[0];
    if (!mark) return { offset: plainOffset, member: undefined, startsMember: false };
    const { member, offset } = mark;
    if (member) return { offset, member, startsMember: mark.plainOffset === plainOffset };
    return { offset: offset + plainOffset - mark.plainOffset, member, startsMember: false };
  }

  /** The plain offset of the first byte of the member that begins next among the bytes that are here. */
  nextMemberStart(): number | undefined {
    const { plainOffset } = this;
    for (const mark of this.#marks) if (mark.member && mark.plainOffset > plainOffset) return mark.plainOffset;
    return undefined;
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#batches.return?.();
  }

  #mark(plainOffset: number, offset: number, member: Member | undefined): void {
    const last = this.#marks.at(-1);
    if (last && last.member === member && (member || last.offset + plainOffset - last.plainOffset === offset)) return;
    this.#marks.push({ plainOffset, offset, member });
  }
}
