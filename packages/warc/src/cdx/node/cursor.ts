import { lineTooLong, longestLine } from "../lines.ts";

/**
 * Walks over the lines of a source, a character for each byte, so that the order of strings is that of their bytes (LC_ALL=C).
 * Holds one chunk. Empty lines are passed over, and CRLF counts as LF.
 */
export class LineCursor {
  /** The line it stands on; undefined before the first and behind the last. */
  line: string | undefined;
  /** Sorts equal lines of several sources by the source. */
  readonly rank: number;
  /** Told in errors. */
  readonly name: string;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #lines: string[] = [];
  #next = 0;
  #rest: string | undefined = "";

  constructor(source: AsyncIterable<Uint8Array>, name: string, rank = 0) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.name = name;
    this.rank = rank;
  }

  /** Goes on within the chunk that is held; false where more must be read with `fill`. Apart, since most steps need no waiting. */
  step(): boolean {
    while (this.#next < this.#lines.length) {
      const line = this.#lines[this.#next++];
      if (line === undefined || line === "" || line === "\r") continue;
      this.line = line.endsWith("\r") ? line.slice(0, -1) : line;
      return true;
    }
    return false;
  }

  /** Reads on until there is a line, and goes to it; false at the end. */
  async fill(): Promise<boolean> {
    while (this.#rest !== undefined) {
      const { done, value } = await this.#chunks.next();
      const text: string = done ? this.#rest : this.#rest + latin1(value);
      this.#lines = text.split("\n");
      this.#next = 0;
      this.#rest = done ? undefined : this.#lines.pop();
      if ((this.#rest?.length ?? 0) > longestLine) throw lineTooLong(this.name);
      if (this.step()) return true;
    }
    this.line = undefined;
    return false;
  }

  /** Goes to the next line; false at the end. */
  async next(): Promise<boolean> {
    return this.step() || (await this.fill());
  }

  /** Lets go of the source, whether or not it was read to its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.();
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
