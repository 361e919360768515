import type { Member } from "../bytes/piece.ts";
import type { PlainBytes } from "../bytes/plain-bytes.ts";
import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";
import { arcDate } from "./arc-date.ts";
import type { Fields } from "./fields.ts";
import { type Quirk, toFinding } from "./quirk.ts";
import type { ArchiveRecord, Extent, Format } from "./record.ts";
import { startsWarcRecord } from "./record-start.ts";

export interface RecordStart {
  readonly number: number;
  readonly format: Format;
  readonly version: string;
  readonly type: string | undefined;
  readonly offset: number;
  readonly plainOffset: number;
  readonly member: Member | undefined;
  readonly startsMember: boolean;
  readonly head: Uint8Array;
  readonly fields: Fields;
  readonly contentLength: number | undefined;
}

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
  readonly #report: (finding: Finding) => void;
  #left: number;
  #cut = false;
  #extent: Promise<Extent> | undefined;

  constructor(start: RecordStart, plain: PlainBytes, report: (finding: Finding) => void) {
    this.number = start.number;
    this.format = start.format;
    this.version = start.version;
    this.type = start.type;
    this.offset = start.offset;
    this.plainOffset = start.plainOffset;
    this.head = start.head;
    this.fields = start.fields;
    this.contentLength = start.contentLength;
    this.#start = start;
    this.#plain = plain;
    this.#report = report;
    this.#left = Math.max(0, start.contentLength ?? 0);
  }

  get targetUri(): string | undefined {
    const written = this.fields.get(this.format === "warc" ? "WARC-Target-URI" : "URL");
    return written?.replace(/^<(.*)>$/s, "$1").replaceAll(" ", "%20");
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

  get block(): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#readBlock() };
  }

  end(): Promise<Extent> {
    this.#extent ??= this.#finish();
    return this.#extent;
  }

  /** Adds what was found about this record. */
  note(quirk: Quirk): void {
    const { number: record, offset, plainOffset } = this;
    this.add(toFinding(quirk, { record, offset, plainOffset }));
  }

  add(finding: Finding): void {
    this.findings.push(finding);
    this.#report(finding);
  }

  async *#readBlock(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      if (this.#extent) {
        if (this.#left === 0 && (await this.#extent).blockLength === 0) return;
        throw new WarcError(
          "RECORD_PASSED",
          `Cannot read the block of record ${this.number}: it has been passed over`,
          "Read it before end() and before the next record is asked for",
        );
      }
      const bytes = this.#take() ?? ((await this.#fill()) ? this.#take() : undefined);
      if (!bytes) return;
      yield bytes;
    }
  }

  /** What there is of the block in memory, up to the end of its member. */
  #take(): Uint8Array | undefined {
    const plain = this.#plain;
    if (this.#left === 0 || plain.left === 0) return undefined;
    const untilMember = (plain.nextMemberStart() ?? Number.POSITIVE_INFINITY) - plain.plainOffset;
    const start = plain.at;
    const length = Math.min(this.#left, plain.left, untilMember);
    plain.at += length;
    this.#left -= length;
    if (length === untilMember && this.#left > 0) this.#stopAtRecord();
    return plain.bytes.subarray(start, start + length);
  }

  async #fill(): Promise<boolean> {
    if (this.#left === 0) return false;
    if (this.#plain.left === 0 && !(await this.#plain.more())) {
      this.#stop();
      return false;
    }
    this.#stopAtRecord();
    return this.#left > 0;
  }

  /** A member that begins with a record is never the middle of another one: the Content-Length is too large. */
  #stopAtRecord(): void {
    const plain = this.#plain;
    if (!this.#start.member || !plain.place(plain.plainOffset).startsMember) return;
    if (startsWarcRecord(plain.bytes, plain.at)) this.#stop();
  }

  #stop(): void {
    const wanted = this.contentLength ?? 0;
    this.#cut = true;
    this.note({ code: "RECORD_CUT", message: `The block has ${wanted - this.#left} bytes, expected ${wanted}` });
    this.#left = 0;
  }

  async #finish(): Promise<Extent> {
    while (this.#take() ?? ((await this.#fill()) ? this.#take() : undefined));
    const plainLength = this.#plain.plainOffset - this.plainOffset;
    const last = this.#plain.place(this.#plain.plainOffset - 1).member;
    if (!this.#cut) await this.#passTrailer();
    // The end of a member that is unpacked in pieces is seen only when more is asked for.
    if (last && last.length === undefined && this.#plain.left === 0) await this.#plain.more();
    return { length: this.#storedLength(plainLength, last), plainLength, blockLength: plainLength - this.head.length, cut: this.#cut };
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

  async #passTrailer(): Promise<void> {
    const plain = this.#plain;
    const expected = this.format === "warc" ? "\r\n\r\n" : "\n";
    while (plain.left < expected.length && (await plain.more()));
    const found = String.fromCharCode(...plain.bytes.subarray(plain.at, plain.at + expected.length));
    if (found === expected) {
      plain.at += expected.length;
    } else if (this.format === "warc") {
      plain.at += /^[\r\n]*/.exec(found)?.[0].length ?? 0;
      const shown = plain.left === 0 && found === "" ? "nothing" : JSON.stringify(found);
      this.note({ code: "BAD_TRAILER", message: `${shown} follows the block, expected CR LF CR LF` });
    } else if (found !== "" && found !== "\r") {
      this.note({ code: "ARC_NO_SEPARATOR", message: `${JSON.stringify(found)} follows the block, expected LF` });
    }
  }
}
