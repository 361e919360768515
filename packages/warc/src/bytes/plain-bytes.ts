import type { Member, Piece } from "./piece.ts";
import { concat } from "./stored-bytes.ts";

/** Where plain bytes begin to be those of another member, or stand at another place of a file that is not packed. */
interface Mark {
  readonly plainOffset: number;
  readonly offset: number;
  readonly member: Member | undefined;
}

/** The plain bytes of an archive from where the reader stands, as many as it has asked for, and which member each is in. */
export class PlainBytes {
  bytes: Uint8Array = new Uint8Array(0);
  /** Of the next byte, in `bytes`: what lies before it has been read. */
  at = 0;
  /** Whether bytes are lost after those that are here: no more come until `passBreak`. */
  broken = false;
  ended = false;
  /** Of the byte behind all that have been got. */
  endOffset: number;
  readonly #pieces: AsyncIterator<Piece, void>;
  #marks: Mark[] = [];
  /** Of `bytes[0]`. */
  #base: number;

  constructor(pieces: AsyncIterator<Piece, void>, plainOffset: number) {
    this.#pieces = pieces;
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

  /** Gets more bytes behind those that are left, as many again at least, so that asking over and over stays cheap. False where none follow. */
  async more(): Promise<boolean> {
    const parts = [this.bytes.subarray(this.at)];
    const kept = this.left;
    let got = 0;
    this.#base += this.at;
    this.at = 0;
    while (!this.broken && !this.ended && got < Math.max(1, kept)) {
      const next = await this.#pieces.next();
      if (next.done) {
        this.ended = true;
        break;
      }
      const { bytes, offset, member, broken } = next.value;
      if (bytes.length > 0) this.#mark(this.endOffset, offset, member);
      parts.push(bytes);
      got += bytes.length;
      this.endOffset += bytes.length;
      this.broken = broken ?? false;
    }
    this.bytes = concat(parts);
    return got > 0;
  }

  /** Goes on behind lost bytes. */
  passBreak(): void {
    this.broken = false;
    this.#marks = [];
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
    return this.#marks.find((mark) => mark.member && mark.plainOffset > this.plainOffset)?.plainOffset;
  }

  async close(): Promise<void> {
    this.ended = true;
    await this.#pieces.return?.();
  }

  #mark(plainOffset: number, offset: number, member: Member | undefined): void {
    const last = this.#marks.at(-1);
    if (last && last.member === member && (member || last.offset + plainOffset - last.plainOffset === offset)) return;
    this.#marks.push({ plainOffset, offset, member });
  }
}
