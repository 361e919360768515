import type { RandomAccess } from "../bytes/input.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { type PlacedRecord, type RecordPlace, readFrom } from "../serve/record-place.ts";

/** What the list shows of a record. */
export interface ListedRecord {
  readonly place: RecordPlace;
  readonly type: string;
  readonly date: string;
  readonly contentLength: number | undefined;
  readonly targetUri: string;
}

/** Rows of a part; of each the place is kept, of those last looked at the rows too. */
const partSize = 256;
const mostParts = 16;
/** Characters of a URL that are kept. */
const longestUri = 1000;

/**
 * The records of an archive whose line has some words, as a list that is read as far as it is asked for. What has been left behind is forgotten
 * and read again, so that the memory does not grow with the archive.
 */
export class RecordList implements AsyncDisposable {
  readonly #file: RandomAccess;
  readonly #words: string;
  readonly #ahead: AsyncGenerator<PlacedRecord, void>;
  /** Where each part begins. */
  readonly #starts: RecordPlace[] = [];
  /** In the order in which they were last asked for. */
  readonly #parts = new Map<number, ListedRecord[]>();
  #known = 0;
  #isComplete = false;

  /** Of all records where `words` is empty; in either case of the letters. */
  constructor(file: RandomAccess, words: string) {
    this.#file = file;
    this.#words = words.toLowerCase();
    this.#ahead = readFrom(file, { offset: 0, nth: 0 });
  }

  /** How many rows have been found. */
  get known(): number {
    return this.#known;
  }

  /** Whether there are no more than are known. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Reads on until `count` rows are known, there are no more, or the signal says that nobody waits for them. */
  async reach(count: number, signal: AbortSignal): Promise<void> {
    while (this.#known < count && !this.#isComplete && !signal.aborted) {
      const next = await this.#ahead.next();
      if (next.done) this.#isComplete = true;
      else this.#add(next.value);
    }
  }

  /** Rows that are known, from the one numbered `from`. */
  async rows(from: number, count: number): Promise<readonly ListedRecord[]> {
    const rows: ListedRecord[] = [];
    const end = Math.min(this.#known, from + count);
    for (let at = from; at < end; ) {
      const number = Math.floor(at / partSize);
      const part = await this.#part(number);
      const taken = part.slice(at - number * partSize, end - number * partSize);
      if (taken.length === 0) break; // the file has become shorter
      rows.push(...taken);
      at += taken.length;
    }
    return rows;
  }

  #add(placed: PlacedRecord): void {
    const row = listed(placed);
    if (!this.#fits(row)) return;
    const number = Math.floor(this.#known / partSize);
    if (this.#known % partSize === 0) {
      this.#starts.push(row.place);
      this.#keep(number, []);
    }
    this.#known++;
    // A part that has been forgotten meanwhile is read again when it is asked for.
    this.#parts.get(number)?.push(row);
  }

  async #part(number: number): Promise<readonly ListedRecord[]> {
    const kept = this.#parts.get(number);
    if (kept) {
      this.#keep(number, kept);
      return kept;
    }
    const part: ListedRecord[] = [];
    const length = Math.min(partSize, this.#known - number * partSize);
    for await (const placed of readFrom(this.#file, this.#starts[number] ?? { offset: 0, nth: 0 })) {
      const row = listed(placed);
      if (this.#fits(row)) part.push(row);
      if (part.length === length) break;
    }
    this.#keep(number, part);
    return part;
  }

  #keep(number: number, part: ListedRecord[]): void {
    this.#parts.delete(number);
    this.#parts.set(number, part);
    for (const [oldest] of this.#parts) if (this.#parts.size > mostParts) this.#parts.delete(oldest);
  }

  #fits({ type, date, targetUri }: ListedRecord): boolean {
    return this.#words === "" || `${type} ${date} ${targetUri}`.toLowerCase().includes(this.#words);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ahead.return();
  }
}

function listed({ record, place }: PlacedRecord): ListedRecord {
  const { type = "?", date = "", contentLength } = record;
  return { place, type, date: date.slice(0, 19), contentLength, targetUri: nameOf(record).slice(0, longestUri) };
}

/** A record without a URL has a file name, or at least an id. */
function nameOf({ targetUri, fields, id }: ArchiveRecord): string {
  return targetUri ?? fields.get("WARC-Filename") ?? id ?? "";
}
