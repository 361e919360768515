/** A file in the making, which appears whole or not at all: one that is disposed of before it is finished leaves nothing. */
export interface OutputFile extends AsyncDisposable {
  /** Appends bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Takes back all that was written behind `size` bytes. */
  truncate(size: number): Promise<void>;
  /** Leaves it as it is, unfinished: with what is worth more than a file that is not there. */
  abandon(): Promise<void>;
  /** Lets it appear under its name, once everything is safe on the disk. */
  finish(): Promise<void>;
}
