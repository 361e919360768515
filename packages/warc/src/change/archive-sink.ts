import { concat } from "../bytes/stored-bytes.ts";
import type { OutputFile } from "../write/output-file.ts";
import { type Packing, packRecord, startOfFile } from "../write/pack-record.ts";
import type { WritableRecord } from "../write/record-bytes.ts";

/** A plain record comes in three parts, most of them small: a write for each would take longer than the parts themselves. */
const enough = 1 << 18;

/** Appends records to a file, each packed by itself. What has been appended is in the file after `flush`. */
export class ArchiveSink {
  /** Appended so far. */
  records = 0;
  /** Of the file so far, as it is stored. */
  size = 0;
  readonly #file: Pick<OutputFile, "write">;
  readonly #packing: Packing;
  #waiting: Uint8Array[] = [];
  #waitingSize = 0;

  constructor(file: Pick<OutputFile, "write">, packing: Packing) {
    this.#file = file;
    this.#packing = packing;
  }

  /** Throws as `packRecord`, and then the file is of no use any more. */
  async append(record: WritableRecord): Promise<void> {
    if (this.size === 0) await this.#write(startOfFile(this.#packing));
    for await (const piece of packRecord(record, this.#packing)) await this.#write(piece);
    this.records++;
  }

  async flush(): Promise<void> {
    const bytes = concat(this.#waiting);
    this.#waiting = [];
    this.#waitingSize = 0;
    if (bytes.length > 0) await this.#file.write(bytes);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#waiting.push(bytes);
    this.#waitingSize += bytes.length;
    this.size += bytes.length;
    if (this.#waitingSize >= enough) await this.flush();
  }
}
