import { platform } from "#platform";
import { WarcError } from "../error.ts";
import { store, type ZipEntry } from "./entry.ts";

/** Takes bytes in order, each once the ones before are taken. The writer of a `WritableStream` is one. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

/** Takes the bytes of one file. */
export interface EntryWriter extends ByteSink {
  end(): Promise<void>;
}

/** What does not fit into four bytes needs ZIP64 (APPNOTE 4.4.1.4). */
const largest = 0xffffffff;
const mostEntries = 0xffff;

/**
 * Writes a ZIP file (APPNOTE 6.3) from its start to its end, with nothing packed, so that every file in it can be read in place. Checksum and
 * size of a file follow its bytes (4.3.9), since they are known only then. Holds a line of the directory for each file.
 */
export class ZipWriter {
  /** Bytes written so far. */
  #offset = 0;
  readonly #sink: ByteSink;
  readonly #modified: number;
  readonly #entries = new Map<string, ZipEntry>();

  /** Files that are begun get the one time, to two seconds, in UTC: the same files then give the same ZIP file. */
  constructor(sink: ByteSink, modified: Date) {
    this.#sink = sink;
    this.#modified = dosTime(modified);
  }

  /** Begins a file, whose end must have come before the next begins. Throws `ZIP_NAME_TAKEN` where there is one of that name. */
  async begin(name: string): Promise<EntryWriter> {
    const offset = this.#offset;
    const entry = { name, method: store, encrypted: false, modified: this.#modified, crc32: 0, packedSize: 0, size: 0, offset };
    this.#list(entry);
    await this.#write(this.#localHeader(entry, true));
    return {
      write: async (bytes) => {
        entry.crc32 = platform.crc32(bytes, entry.crc32);
        entry.size += bytes.length;
        await this.#write(bytes);
      },
      end: () => {
        entry.packedSize = entry.size;
        return this.#write(new Fields().number(0x08074b50, 4).number(entry.crc32, 4).number(entry.size, 8).number(entry.size, 8).bytes());
      },
    };
  }

  /** Adds a file of another ZIP file as it is packed there. */
  async copy(entry: ZipEntry, packed: AsyncIterable<Uint8Array>): Promise<void> {
    const copied = { ...entry, offset: this.#offset };
    this.#list(copied);
    await this.#write(this.#localHeader(copied, false));
    for await (const bytes of packed) await this.#write(bytes);
  }

  /** Writes the directory, after which nothing may be added. */
  async end(): Promise<void> {
    const offset = this.#offset;
    for (const entry of this.#entries.values()) await this.#write(this.#centralHeader(entry));
    const size = this.#offset - offset;
    const count = this.#entries.size;
    if (offset >= largest || size >= largest || count >= mostEntries) await this.#write(largeEnd(offset, size, count));
    const end = new Fields()
      .number(0x06054b50, 4)
      .number(0, 4)
      .number(Math.min(count, mostEntries), 2)
      .number(Math.min(count, mostEntries), 2);
    await this.#write(end.number(Math.min(size, largest), 4).number(Math.min(offset, largest), 4).number(0, 2).bytes());
  }

  #list(entry: ZipEntry): void {
    if (this.#entries.has(entry.name))
      throw new WarcError("ZIP_NAME_TAKEN", `Cannot add ${entry.name} twice to a ZIP file`, "Give the files different names");
    this.#entries.set(entry.name, entry);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#offset += bytes.length;
    await this.#sink.write(bytes);
  }

  /** With bit 3 the sizes follow, in eight bytes as the empty ZIP64 field tells: nobody knows yet how large the file is. */
  #localHeader(entry: ZipEntry, sizesFollow: boolean): Uint8Array {
    const name = encoder.encode(entry.name);
    const isLarge = sizesFollow || entry.size >= largest || entry.packedSize >= largest;
    const fields = new Fields()
      .number(0x04034b50, 4)
      .number(isLarge ? 45 : 20, 2)
      .number(flags | (sizesFollow ? 8 : 0), 2);
    fields.number(entry.method, 2).number(entry.modified, 4).number(entry.crc32, 4);
    fields.number(isLarge ? largest : entry.packedSize, 4).number(isLarge ? largest : entry.size, 4);
    fields
      .number(name.length, 2)
      .number(isLarge ? 20 : 0, 2)
      .add(name);
    if (isLarge) fields.number(1, 2).number(16, 2).number(entry.size, 8).number(entry.packedSize, 8);
    return fields.bytes();
  }

  #centralHeader(entry: ZipEntry): Uint8Array {
    const name = encoder.encode(entry.name);
    const { size, packedSize, offset } = entry;
    const large = [size, packedSize, offset].filter((value) => value >= largest);
    const version = large.length > 0 ? 45 : 20;
    const fields = new Fields()
      .number(0x02014b50, 4)
      .number((unix << 8) | version, 2)
      .number(version, 2)
      .number(flags, 2);
    fields.number(entry.method, 2).number(entry.modified, 4).number(entry.crc32, 4);
    fields.number(Math.min(packedSize, largest), 4).number(Math.min(size, largest), 4).number(name.length, 2);
    fields
      .number(large.length > 0 ? 4 + 8 * large.length : 0, 2)
      .number(0, 6)
      .number(0, 2)
      .number(mode, 2);
    fields.number(Math.min(offset, largest), 4).add(name);
    if (large.length > 0) fields.number(1, 2).number(8 * large.length, 2);
    for (const value of large) fields.number(value, 8);
    return fields.bytes();
  }
}

/** Names are in UTF-8 (4.4.4, bit 11). */
const flags = 1 << 11;
const unix = 3;
/** A plain file, which all may read. */
const mode = 0o100644;
const encoder = new TextEncoder();

/** The end of a ZIP64 directory and its locator (4.3.14, 4.3.15). */
function largeEnd(offset: number, size: number, count: number): Uint8Array {
  const fields = new Fields()
    .number(0x06064b50, 4)
    .number(44, 8)
    .number((unix << 8) | 45, 2)
    .number(45, 2)
    .number(0, 8);
  fields.number(count, 8).number(count, 8).number(size, 8).number(offset, 8);
  return fields
    .number(0x07064b50, 4)
    .number(0, 4)
    .number(offset + size, 8)
    .number(1, 4)
    .bytes();
}

/** Times begin in 1980 (4.4.6). */
function dosTime(at: Date): number {
  const year = Math.min(127, Math.max(0, at.getUTCFullYear() - 1980));
  const date = (year << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  return date * 0x10000 + ((at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1));
}

/** Numbers and names one after another, the lowest byte first. */
class Fields {
  readonly #bytes: number[] = [];

  number(value: number, size: number): this {
    for (let rest = value, at = 0; at < size; at++, rest = Math.floor(rest / 256)) this.#bytes.push(rest % 256);
    return this;
  }

  add(bytes: Uint8Array): this {
    this.#bytes.push(...bytes);
    return this;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
