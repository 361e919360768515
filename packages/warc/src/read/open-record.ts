import type { Member } from "../bytes/piece.ts";
import type { PlainBytes } from "../bytes/plain-bytes.ts";
import type { ReadyBytes } from "../bytes/ready-bytes.ts";
import { counted } from "../counted.ts";
import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";
import { arcDate } from "./arc-date.ts";
import type { Fields } from "./fields.ts";
import { type Quirk, toFinding } from "./quirk.ts";
import type { ArchiveRecord, Extent, Format } from "./record.ts";
import { startsWarcRecord } from "./record-start.ts";

/** What the header of a record says. */
export interface RecordHead {
  readonly format: Format;
  readonly version: string;
  readonly type: string | undefined;
  readonly head: Uint8Array;
  readonly fields: Fields;
  readonly contentLength: number | undefined;
}

/** Where it stands. */
export interface RecordStart {
  readonly number: number;
  readonly plainOffset: number;
  readonly offset: number;
  readonly member: Member | undefined;
  readonly startsMember: boolean;
}

/** What stands behind a block, ISO 28500:2017 4 and the ARC format. */
const trailers: Readonly<Record<Format, readonly number[]>> = { warc: [13, 10, 13, 10], arc: [10] };

/** A record whose block is being read. */
export class OpenRecord implements ArchiveRecord {
  readonly number: number;
  readonly format: Format;
  readonly version: string;
  readonly type: string | undefined;
  readonly offset: number;
  readonly plainOffset: number;
  readonly head: Uint8Array;
  readonly fields: Fields;
  readonly contentLength: number | undefined;
  readonly findings: Finding[] = [];
  readonly #start: RecordStart;
  readonly #plain: PlainBytes;
  readonly #report: (finding: Finding) => boolean;
  /** Where the block ends, from the start of the file as it is when unpacked, as far as is known. */
  #blockEnd: number;
  #cut = false;
  /** The member that the last bytes which were read are in. */
  #last: Member | undefined;
  #hasTrailer = false;
  #extent: Extent | undefined;

  constructor(head: RecordHead, start: RecordStart, plain: PlainBytes, report: (finding: Finding) => boolean) {
    this.number = start.number;
    this.format = head.format;
    this.version = head.version;
    this.type = head.type;
    this.offset = start.offset;
    this.plainOffset = start.plainOffset;
    this.head = head.head;
    this.fields = head.fields;
    this.contentLength = head.contentLength;
    this.#start = start;
    this.#last = start.member;
    this.#plain = plain;
    this.#report = report;
    this.#blockEnd = start.plainOffset + head.head.length + Math.max(0, head.contentLength ?? 0);
  }

  get targetUri(): string | undefined {
    const written = this.fields.get(this.format === "warc" ? "WARC-Target-URI" : "URL");
    return written?.startsWith("<") || written?.includes(" ") ? written.replace(/^<(.*)>$/s, "$1").replaceAll(" ", "%20") : written;
  }

  get id(): string | undefined {
    return this.format === "warc" ? this.fields.get("WARC-Record-ID") : undefined;
  }

  get date(): string | undefined {
    return this.format === "warc" ? this.fields.get("WARC-Date") : arcDate(this.fields.get("Archive-date"));
  }

  get contentType(): string | undefined {
    return this.fields.get("Content-Type");
  }

  get block(): ReadyBytes {
    return { [Symbol.asyncIterator]: () => this.#readBlock(), takeReady: () => (this.#extent ? undefined : this.#take()) };
  }

  /** Whether some of it has been seen in the member that is stored there. */
  isIn(member: number): boolean {
    return member >= this.offset && member <= (this.#last?.offset ?? this.offset);
  }

  async end(): Promise<Extent> {
    for (;;) {
      const extent = this.endNow();
      if (extent) return extent;
      await this.#plain.fetch(this.left);
    }
  }

  /** Bytes of the block that have not been passed yet. */
  get left(): number {
    return Math.max(0, this.#blockEnd - this.#plain.plainOffset);
  }

  /** Adds what was found about this record. */
  note(quirk: Quirk): void {
    const { number: record, offset, plainOffset } = this;
    this.add(toFinding(quirk, { record, offset, plainOffset }));
  }

  add(finding: Finding): void {
    if (this.#report(finding)) this.findings.push(finding);
  }

  async *#readBlock(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      if (this.#extent) {
        if (this.#extent.blockLength === 0) return;
        const fix = "Read it before end() and before the next record is asked for";
        throw new WarcError("RECORD_PASSED", `Cannot read the block of record ${this.number}: it has been passed over`, fix);
      }
      const bytes = this.#take();
      if (bytes) yield bytes;
      else if (this.left === 0) return;
      else await this.#plain.fetch();
    }
  }

  #take(): Uint8Array | undefined {
    const length = this.#pass();
    const { bytes, at } = this.#plain;
    return length > 0 ? bytes.subarray(at - length, at) : undefined;
  }

  /** Passes what there is of the block, up to the end of its member. 0 where the block is at its end, and where more has to be fetched. */
  #pass(): number {
    const plain = this.#plain;
    const { left } = this;
    if (left === 0) return 0;
    if (plain.left === 0 && !plain.take()) {
      if (plain.final) this.#stop();
      return 0;
    }
    const untilMember = this.#start.member ? this.#withinMember() : left;
    if (untilMember === 0) {
      this.#stop();
      return 0;
    }
    const length = Math.min(left, plain.left, untilMember);
    plain.at += length;
    return length;
  }

  /**
   * How many bytes are here before another member begins. None where another one has begun, and begins with a record: that is never the
   * middle of this one, and so the Content-Length is too large.
   */
  #withinMember(): number {
    const plain = this.#plain;
    const { member, startsMember } = plain.place(plain.plainOffset);
    if (startsMember && member !== this.#last && startsWarcRecord(plain.bytes, plain.at)) return 0;
    this.#last = member;
    return (plain.nextMemberStart() ?? Number.POSITIVE_INFINITY) - plain.plainOffset;
  }

  #stop(): void {
    this.#cut = true;
    this.#blockEnd = this.#plain.plainOffset;
    const length = this.#blockEnd - this.plainOffset - this.head.length;
    this.note({ code: "RECORD_CUT", message: `The block has ${counted(length, "byte")}, expected ${this.contentLength ?? 0}` });
  }

  /** What `end` answers, where all that it takes is here; undefined where more has to be fetched first. */
  endNow(): Extent | undefined {
    if (this.#extent) return this.#extent;
    while (this.#pass() > 0);
    if (this.left > 0) return undefined;
    if (!this.#cut && !this.#passTrailer()) return undefined;
    // The end of a member that is unpacked in pieces is seen only when more is asked for.
    const isSeen = this.#last === undefined || this.#last.length !== undefined;
    if (!isSeen && this.#plain.left === 0 && !this.#plain.take() && !this.#plain.final) return undefined;
    const plainLength = this.#blockEnd - this.plainOffset;
    const blockLength = plainLength - this.head.length;
    this.#extent = { length: this.#storedLength(plainLength, this.#last), plainLength, blockLength, cut: this.#cut };
    return this.#extent;
  }

  #storedLength(plainLength: number, last: Member | undefined): number | undefined {
    const first = this.#start.member;
    if (!first) return plainLength;
    if (!last || last === first) return first.length;
    if (this.#start.startsMember && first.kind === "gzip") {
      this.note({ code: "SPLIT_RECORD", message: "The record goes on in another gzip member, expected one member a record" });
    }
    return last.length === undefined ? undefined : last.offset + last.length - first.offset;
  }

  /** False where more has to be fetched first. */
  #passTrailer(): boolean {
    if (this.#hasTrailer) return true;
    const plain = this.#plain;
    const expected = trailers[this.format];
    if (!plain.have(expected.length)) return false;
    this.#hasTrailer = true;
    let matched = 0;
    while (matched < expected.length && plain.bytes[plain.at + matched] === expected[matched]) matched++;
    if (matched === expected.length) plain.at += matched;
    else this.#noteTrailer(String.fromCharCode(...plain.bytes.subarray(plain.at, plain.at + expected.length)));
    return true;
  }

  #noteTrailer(found: string): void {
    if (this.format === "warc") {
      this.#plain.at += /^[\r\n]*/.exec(found)?.[0].length ?? 0;
      const shown = found === "" ? "nothing" : JSON.stringify(found);
      this.note({ code: "BAD_TRAILER", message: `${shown} follows the block, expected CR LF CR LF` });
    } else if (found !== "" && found !== "\r") {
      this.note({ code: "ARC_NO_SEPARATOR", message: `${JSON.stringify(found)} follows the block, expected LF` });
    }
  }
}
