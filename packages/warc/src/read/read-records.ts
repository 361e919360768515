import type { Input } from "../bytes/input.ts";
import type { StorageFault } from "../bytes/piece.ts";
import { PlainBytes } from "../bytes/plain-bytes.ts";
import { unpack } from "../bytes/unpack.ts";
import type { ZstdDecoder } from "../bytes/zstd-decoder.ts";
import { counted } from "../counted.ts";
import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";
import { scanHead } from "../http/head-end.ts";
import { HurtMembers } from "./hurt-members.ts";
import { OpenRecord, type RecordHead } from "./open-record.ts";
import { isArcLine, parseArcLine } from "./parse-arc-line.ts";
import { parseHead } from "./parse-head.ts";
import { type Quirk, toFinding } from "./quirk.ts";
import type { ArchiveRecord, Format } from "./record.ts";
import { lineAt, longestVersionLine, startsWarcRecord } from "./record-start.ts";

export interface ReadOptions {
  /**
   * Of the stored file, where a record or its gzip member begins: the reader starts there. 0 unless told. How many plain bytes lie before it
   * in a packed file nobody knows: plain offsets are then counted as if it were not packed.
   */
  readonly offset?: number;
  /** Is told of each finding when it is made, also of those that belong to no record. */
  readonly report?: (finding: Finding) => void;
  /** What to do about a finding, by its code or severity: `report` unless told. One that is ignored is not among the record's findings either. */
  readonly policy?: (finding: Finding) => Policy;
  /** Unpacks zstd where the platform does not, as in a browser. */
  readonly zstd?: ZstdDecoder;
}

/** `fail` ends the reading with a `WarcError` of the finding's code. */
export type Policy = "ignore" | "report" | "fail";

/**
 * The records of a WARC file (ISO 28500:2017, and the drafts 0.17 and 0.18) or an ARC file, plain or packed, in their order. What does not
 * keep to the standard is read as well as it can be, and is a finding; after damage it goes on at the next record. Throws only what the
 * input throws, and a `WarcError` where it is used wrongly.
 */
export async function* readRecords(input: Input, options: ReadOptions = {}): AsyncGenerator<ArchiveRecord, void> {
  const reader = new RecordReader(input, options);
  try {
    for (let record = await reader.next(); record; record = await reader.next()) yield record;
  } finally {
    await reader.close();
  }
}

const longestHead = 1 << 20;
const longestArcLine = 1 << 16;
const longestArcVersion = 256;

/** Bytes that belong to no record. */
interface Garbage {
  readonly offset: number;
  readonly plainOffset: number;
  /** Whether a line or a member begins where the reader stands: a record may. */
  isAtLine: boolean;
}

class RecordReader {
  readonly #plain: PlainBytes;
  /** Answers whether the finding is to be kept. */
  readonly #report: (finding: Finding) => boolean;
  readonly #hurt: HurtMembers;
  #record: OpenRecord | undefined;
  #count = 0;
  #format: Format | undefined;
  #arcVersion = "1.0";
  /** Line ends that have been passed since the last record. */
  #newlines = 0;
  /** While they are passed over. */
  #garbage: Garbage | undefined;
  /** The last member that has been told to hold more than one record. */
  #shared: object | undefined;

  constructor(input: Input, { offset = 0, report = () => undefined, policy = () => "report", zstd }: ReadOptions) {
    this.#report = (finding) => {
      const { code, message, offset: place, clause } = finding;
      const decided = policy(finding);
      if (decided === "fail")
        throw new WarcError(code, `${message} (at byte ${place}, clause ${clause})`, "Let the policy report it, and read on");
      if (decided === "report") report(finding);
      return decided === "report";
    };
    this.#hurt = new HurtMembers(this.#report);
    this.#plain = new PlainBytes(
      unpack(input, offset, (fault) => this.#noteFault(fault), zstd),
      offset,
    );
  }

  /** The next record; undefined behind the last one. */
  async next(): Promise<OpenRecord | undefined> {
    for (;;) {
      const found = this.#advance();
      if (found !== "starved") return found;
      // What is left of a block is to be passed over.
      await this.#plain.fetch(this.#record?.left);
    }
  }

  close(): Promise<void> {
    return this.#plain.close();
  }

  /** Goes on as far as the bytes reach that are here. Whatever it was doing when they did not, it begins again when there are more. */
  #advance(): OpenRecord | undefined | "starved" {
    const plain = this.#plain;
    if (this.#record && !this.#record.endNow()) return "starved";
    if (this.#record) this.#hurt.giveTo(this.#record);
    for (;;) {
      if (this.#garbage === undefined) {
        if (!this.#passNewlines()) return "starved";
        if (plain.left === 0 && !plain.broken) return this.#end();
        if (plain.left === 0) {
          plain.passBreak();
          continue;
        }
        const starts = this.#startsRecord(false);
        if (starts === "starved") return starts;
        const record = starts === "warc" ? this.#openWarc() : starts === "arc" ? this.#openArc() : undefined;
        if (record) return record;
        const { plainOffset } = plain;
        this.#garbage = { offset: plain.place(plainOffset).offset, plainOffset, isAtLine: false };
      }
      if (!this.#passGarbage(this.#garbage)) return "starved";
    }
  }

  #end(): undefined {
    this.#hurt.passBefore(Number.POSITIVE_INFINITY);
    if (this.#count > 0) return;
    this.#note({ code: "NO_RECORDS", message: "There is no record in the file, expected one at least" }, this.#plain.plainOffset);
  }

  #passNewlines(): boolean {
    const plain = this.#plain;
    const start = plain.plainOffset;
    do {
      while (plain.bytes[plain.at] === 10 || plain.bytes[plain.at] === 13) plain.at++;
    } while (plain.left === 0 && plain.take());
    this.#newlines += plain.plainOffset - start;
    if (plain.left === 0 && !plain.final) return false;
    if (this.#newlines > 0) this.#noteNewlines(this.#newlines);
    this.#newlines = 0;
    return true;
  }

  #noteNewlines(length: number): void {
    const before = this.#record;
    const message = `${counted(length, "byte")} of line ends too many stand ${before ? "behind the record" : "before the first record"}`;
    if (before) before.note({ code: "EXTRA_NEWLINES", message });
    else this.#note({ code: "EXTRA_NEWLINES", message }, this.#plain.plainOffset - length);
  }

  /** Of which format a record begins here, if one does; `strictly`, where it is looked for among bytes that are none. */
  #startsRecord(strictly: boolean): Format | undefined | "starved" {
    const plain = this.#plain;
    // In either case of the letter.
    const first = (plain.bytes[plain.at] ?? 0) | 0x20;
    if (first === 0x77) {
      if (!this.#haveLine(longestVersionLine)) return "starved";
      if (startsWarcRecord(plain.bytes, plain.at)) return "warc";
    }
    if (this.#format === "warc" || first < 0x61 || first > 0x7a) return undefined;
    if (!this.#haveLine(longestArcLine)) return "starved";
    return isArcLine(lineAt(plain.bytes, plain.at, longestArcLine), strictly) ? "arc" : undefined;
  }

  /** Gets bytes until a line ends among them, or there are `most`, or no more. False where they have to be fetched first. */
  #haveLine(most: number): boolean {
    const plain = this.#plain;
    while (plain.left < most && plain.bytes.indexOf(10, plain.at) < 0) if (!plain.take()) return plain.final;
    return true;
  }

  /** Undefined where the header is too long to be one. */
  #openWarc(): OpenRecord | undefined | "starved" {
    this.#format = "warc";
    const plain = this.#plain;
    let { end, controlAt } = scanHead(plain.bytes, plain.at, plain.at + longestHead);
    while (end === undefined && plain.left <= longestHead) {
      if (!plain.take()) {
        if (!plain.final) return "starved";
        break;
      }
      ({ end, controlAt } = scanHead(plain.bytes, plain.at, plain.at + longestHead));
    }
    if ((end === undefined ? plain.left : end - plain.at) > longestHead) {
      this.#note(
        { code: "HEADER_TOO_LONG", message: `The header of a record does not end within ${longestHead} bytes` },
        plain.plainOffset,
      );
      return undefined;
    }
    const head = plain.bytes.subarray(plain.at, end ?? plain.bytes.length);
    const { version, fields, contentLength, quirks } = parseHead(head, controlAt !== undefined);
    const record = this.#begin({ format: "warc", version, type: fields.get("WARC-Type"), head, fields, contentLength });
    if (end === undefined) record.note({ code: "HEADER_CUT", message: "The header does not end with an empty line" });
    for (const quirk of quirks) record.note(quirk);
    return record;
  }

  #openArc(): OpenRecord | "starved" {
    const plain = this.#plain;
    const text = lineAt(plain.bytes, plain.at, longestArcLine);
    const isFiledesc = /^filedesc:/i.test(text);
    if (isFiledesc && !plain.have(text.length + longestArcVersion)) return "starved";
    if (isFiledesc) this.#arcVersion = readArcVersion(lineAt(plain.bytes, plain.at + text.length + 1, longestArcVersion));
    const isFirst = this.#format === undefined;
    this.#format = "arc";
    const { fields, contentLength, quirks } = parseArcLine(text);
    const head = plain.bytes.subarray(plain.at, Math.min(plain.bytes.length, plain.at + text.length + 1));
    const record = this.#begin({
      format: "arc",
      version: this.#arcVersion,
      type: isFiledesc ? "filedesc" : "arc",
      head,
      fields,
      contentLength,
    });
    if (isFirst && !isFiledesc) record.note({ code: "ARC_NO_FILEDESC", message: "The file does not begin with a filedesc record" });
    for (const quirk of quirks) record.note(quirk);
    return record;
  }

  #begin(found: RecordHead): OpenRecord {
    const plain = this.#plain;
    const plainOffset = plain.plainOffset;
    const { offset, member, startsMember } = plain.place(plainOffset);
    plain.at += found.head.length;
    const number = this.#count++;
    const record = new OpenRecord(found, { number, plainOffset, offset, member, startsMember }, plain, this.#report);
    this.#record = record;
    this.#hurt.passBefore(offset);
    this.#hurt.giveTo(record);
    if (member && !startsMember && this.#shared !== member) {
      this.#shared = member;
      record.note({
        code: "SHARED_MEMBER",
        message: `The record begins inside a ${member.kind === "gzip" ? "gzip member" : "zstd frame"}, expected one of its own`,
      });
    }
    return record;
  }

  /** Passes over what is no record, to the next line or member that begins one, or to where bytes are lost. False where more has to be fetched. */
  #passGarbage(garbage: Garbage): boolean {
    const plain = this.#plain;
    for (;;) {
      if (plain.left === 0 && !plain.take()) {
        if (!plain.final) return false;
        break;
      }
      // A member may have come only now that begins here.
      const isAtStart = garbage.isAtLine || plain.place(plain.plainOffset).startsMember;
      const starts = isAtStart ? this.#startsRecord(true) : undefined;
      if (starts === "starved") return false;
      if (starts) break;
      const line = plain.bytes.indexOf(10, plain.at);
      const member = plain.nextMemberStart();
      const here = member === undefined ? Number.POSITIVE_INFINITY : plain.at + member - plain.plainOffset;
      plain.at = Math.min(line < 0 ? plain.bytes.length : line + 1, here);
      garbage.isAtLine = plain.at === here || line >= 0;
      this.#hurt.passBefore(plain.place(plain.plainOffset).offset);
    }
    this.#garbage = undefined;
    const { offset, plainOffset } = garbage;
    this.#report(
      toFinding(
        { code: "GARBAGE", message: `${counted(plain.plainOffset - plainOffset, "byte")} that belong to no record` },
        { offset, plainOffset },
      ),
    );
    return true;
  }

  #note(quirk: Quirk, plainOffset: number): void {
    this.#report(toFinding(quirk, { offset: this.#plain.place(plainOffset).offset, plainOffset }));
  }

  #noteFault(fault: StorageFault): void {
    const { inside, ...found } = fault;
    const plainOffset = this.#plain.endOffset;
    if (inside) this.#hurt.add(fault, plainOffset, this.#record);
    else this.#report({ ...found, plainOffset });
  }
}

/** From the first line of the version block behind a filedesc line: `1 1 InternetArchive` is version 1.1. */
function readArcVersion(line: string): string {
  const [, major, minor] = /^\s*(\d+) (\d+) /.exec(line) ?? [];
  return major ? `${major}.${minor}` : "1.0";
}
