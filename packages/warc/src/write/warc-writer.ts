import { WarcError } from "../error.ts";
import { type BuildOptions, buildRecord } from "./build-record.ts";
import { nameOfFile, requireSerial } from "./file-name.ts";
import { editHead, type NamedValue } from "./head.ts";
import type { NewRecord } from "./new-record.ts";
import type { OutputFile } from "./output-file.ts";
import { type Packing, packRecord, startOfFile } from "./pack-record.ts";
import type { WritableRecord } from "./record-bytes.ts";
import { warcFields } from "./warc-fields.ts";

export interface WriterOptions extends BuildOptions {
  /** Begins a file of that name; in Node `(name) => createFile(join(folder, name))`. */
  readonly create: (name: string) => Promise<OutputFile>;
  /** Of the files, without extension: `crawl`, or where there are several `crawl-{timestamp}-{serial}`. */
  readonly name: string;
  /** A gzip member a record unless told. */
  readonly packing?: Packing;
  /** What the warcinfo of each file says (ISO 28500:2017 6.2): `software`, `operator`, `isPartOf`, … */
  readonly info?: readonly NamedValue[];
  /** Bytes from which on a file gets no further record; none unless told. The standard advises 10⁹ (C.2). */
  readonly maxSize?: number;
  /** Milliseconds from which on a file gets no further record; none unless told. */
  readonly maxAge?: number;
  /** The clock. */
  readonly now?: () => Date;
}

/** Where a record has been written, for an index. */
export interface Written {
  readonly file: string;
  /** WARC-Record-ID, where it has one. */
  readonly id: string | undefined;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Bytes as stored, of the gzip member or zstd frame; where it is not packed without the line ends behind it, as a reader tells it. */
  readonly length: number;
}

interface OpenOutput {
  readonly name: string;
  readonly file: OutputFile;
  readonly begun: number;
  readonly infoId: string;
  size: number;
}

/**
 * Writes WARC files, each with its warcinfo first. What is appended is in the file when the promise is fulfilled, and no later than that can
 * a kill take it away; one that is rejected has left nothing behind. May be called again before that; records are written one after another.
 * Nothing is begun before the first record.
 */
export class WarcWriter implements AsyncDisposable {
  readonly #options: WriterOptions;
  readonly #packing: Packing;
  #output: OpenOutput | undefined;
  #serial = 0;
  #state: { readonly kind: "open" } | { readonly kind: "closed" } | { readonly kind: "broken"; readonly cause: unknown } = { kind: "open" };
  /** The last turn: the next one begins when it has ended. */
  #last: Promise<unknown> = Promise.resolve();
  /** What is not yet in the file, nor has failed. */
  readonly #pending = new Set<Promise<Written>>();

  /** Throws `BAD_NAME_PATTERN`, and `BAD_DICTIONARY`. */
  constructor(options: WriterOptions) {
    const { name, packing = { kind: "gzip" }, maxSize, maxAge, now = () => new Date() } = options;
    this.#options = options;
    this.#packing = packing;
    if (maxSize !== undefined || maxAge !== undefined) requireSerial(name);
    nameOfFile(name, packing.kind, 0, now());
    startOfFile(packing);
  }

  /** Makes a record and writes it, with the WARC-Warcinfo-ID of its file unless it has another (5.16). Throws as `buildRecord` and `createFile`. */
  append(record: NewRecord): Promise<Written> {
    return this.#tracked(this.#append(record));
  }

  /**
   * Writes a record as it is, of a reader or of `buildRecord`. Throws `WRONG_LENGTH`, as `createFile`, and `ARC_RECORD` for one of an ARC file,
   * which no WARC file can hold.
   */
  async copy(record: WritableRecord & { readonly id: string | undefined }): Promise<Written> {
    if (record.format === "arc")
      throw new WarcError("ARC_RECORD", "Cannot copy a record of an ARC file into a WARC file", "Convert it first: warc convert");
    return this.#tracked(this.#inTurn((output) => this.#write(output, record)));
  }

  /** Finishes the file once all that was appended is in it. After that nothing can be. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#pending);
    if (this.#state.kind === "open") {
      this.#state = { kind: "closed" };
      await this.#finish();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #append(record: NewRecord): Promise<Written> {
    // Not in turn: a stream may be slow, and hold up no other.
    await using built = await buildRecord(record, this.#options);
    return await this.#inTurn(async (output) => {
      const isInfo = built.type === "warcinfo" || built.fields.get("WARC-Warcinfo-ID") !== undefined;
      const head = isInfo ? built.head : editHead(built, { "WARC-Warcinfo-ID": output.infoId });
      return this.#write(output, { ...built, head });
    });
  }

  #tracked(written: Promise<Written>): Promise<Written> {
    const tracked = written.finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
    return tracked;
  }

  #inTurn(task: (output: OpenOutput) => Promise<Written>): Promise<Written> {
    // A turn that has failed has told its own caller.
    const turn = Promise.allSettled([this.#last]).then(async () => {
      this.#refuseUnlessOpen();
      return task(await this.#outputFor());
    });
    this.#last = turn;
    return turn;
  }

  #refuseUnlessOpen(): void {
    if (this.#state.kind === "open") return;
    if (this.#state.kind === "closed")
      throw new WarcError("WRITER_CLOSED", "Cannot write a record: the writer has been closed", "Close it after the last record");
    const fix = "See why in its cause; the unfinished file, NAME.open, has the records before it";
    throw new WarcError("WRITER_BROKEN", "Cannot write a record: an earlier one is in the file in part", fix, { cause: this.#state.cause });
  }

  async #outputFor(): Promise<OpenOutput> {
    if (this.#output && this.#isFull(this.#output)) await this.#finish();
    this.#output ??= await this.#begin();
    return this.#output;
  }

  #isFull({ size, begun }: OpenOutput): boolean {
    const { maxSize = Number.POSITIVE_INFINITY, maxAge = Number.POSITIVE_INFINITY } = this.#options;
    return size >= maxSize || this.#now().getTime() - begun >= maxAge;
  }

  async #begin(): Promise<OpenOutput> {
    const { name: pattern, create, info = [], version = "1.1" } = this.#options;
    const date = this.#now();
    const name = nameOfFile(pattern, this.#packing.kind, this.#serial, date);
    const given = new Set(info.map(([field]) => field));
    const usual = ([field]: NamedValue) => !given.has(field);
    const fields = [...info, ...usualInfo(version).filter(usual)];
    await using warcinfo = await buildRecord({ type: "warcinfo", date, filename: name, block: warcFields(fields) }, this.#options);
    const file = await create(name);
    const output: OpenOutput = { name, file, begun: date.getTime(), infoId: warcinfo.id, size: 0 };
    try {
      await this.#put(output, startOfFile(this.#packing));
      await this.#write(output, warcinfo);
    } catch (error) {
      await file[Symbol.asyncDispose]();
      throw error;
    }
    this.#serial++;
    return output;
  }

  async #write(output: OpenOutput, record: WritableRecord & { readonly id: string | undefined }): Promise<Written> {
    const offset = output.size;
    try {
      for await (const piece of packRecord(record, this.#packing)) await this.#put(output, piece);
    } catch (error) {
      await this.#takeBack(output, offset, error);
      throw error;
    }
    const { head, contentLength = 0 } = record;
    const length = this.#packing.kind === "plain" ? head.length + contentLength : output.size - offset;
    return { file: output.name, id: record.id, offset, length };
  }

  async #put(output: OpenOutput, bytes: Uint8Array): Promise<void> {
    await output.file.write(bytes);
    output.size += bytes.length;
  }

  /** So that what follows a record that failed in the middle follows the one before it. */
  async #takeBack(output: OpenOutput, size: number, cause: unknown): Promise<void> {
    try {
      await output.file.truncate(size);
      output.size = size;
    } catch (error) {
      this.#state = { kind: "broken", cause: new AggregateError([cause, error], "The record could not be written, nor be taken back") };
      this.#output = undefined;
      await output.file.abandon();
    }
  }

  async #finish(): Promise<void> {
    const output = this.#output;
    if (!output) return;
    this.#output = undefined;
    try {
      await output.file.finish();
    } catch (error) {
      await output.file.abandon();
      throw error;
    }
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}

/** What every warcinfo should say, unless it says otherwise (6.2). */
function usualInfo(version: string): readonly NamedValue[] {
  return [
    ["software", "@fettle/warc"],
    ["format", `WARC File Format ${version}`],
    ["conformsTo", `http://iipc.github.io/warc-specifications/specifications/warc-format/warc-${version}/`],
  ];
}
