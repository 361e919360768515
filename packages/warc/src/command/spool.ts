import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A part of what a thread writes. */
export interface Chunk {
  readonly to: "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

/** Bytes of chunks that are held in memory. */
const mostHeld = 1 << 22;
const headLength = 5;

/**
 * Holds what is written until it is its turn to be read: in memory as far as that goes, then in a file that has no name any more, so that
 * nothing is left of it whatever happens. Once it is being read, whoever writes waits until there is room.
 */
export class Spool implements AsyncDisposable {
  readonly #held: Chunk[] = [];
  #heldBytes = 0;
  #file: Promise<FileHandle> | undefined;
  #fileSize = 0;
  #isRead = false;
  #isClosed = false;
  #last: Promise<void> = Promise.resolve();
  #appending: Promise<unknown> = Promise.resolve();
  #changed = Promise.withResolvers<void>();

  /** Resolves once the chunk is held, and never before those written earlier are. */
  write(chunk: Chunk): Promise<void> {
    this.#last = this.#last.then(() => this.#add(chunk));
    return this.#last;
  }

  /** No more will be written. */
  async close(): Promise<void> {
    await this.#last;
    this.#isClosed = true;
    this.#change();
  }

  /** All chunks in their order, until it is closed. */
  async *read(): AsyncGenerator<Chunk> {
    this.#isRead = true;
    yield* this.#takeHeld();
    if (this.#file) yield* this.#readFile(await this.#file);
    this.#fileSize = 0;
    this.#change();
    while (!this.#isClosed || this.#held.length > 0) {
      yield* this.#takeHeld();
      if (!this.#isClosed) await this.#changed.promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#file)?.close();
  }

  async #add(chunk: Chunk): Promise<void> {
    while (this.#isRead && (this.#fileSize > 0 || this.#heldBytes >= mostHeld)) await this.#changed.promise;
    if (!this.#isRead && (this.#fileSize > 0 || this.#heldBytes >= mostHeld)) return this.#append(chunk);
    this.#held.push(chunk);
    this.#heldBytes += chunk.bytes.length;
    this.#change();
  }

  async #append({ to, bytes }: Chunk): Promise<void> {
    const head = Buffer.alloc(headLength);
    head.writeUInt8(to === "stdout" ? 1 : 2);
    head.writeUInt32LE(bytes.length, 1);
    this.#fileSize += headLength + bytes.length;
    this.#file ??= openNameless();
    this.#appending = this.#file.then((file) => file.writev([head, bytes]));
    await this.#appending;
  }

  async *#readFile(file: FileHandle): AsyncGenerator<Chunk> {
    // It may have begun before the reading did.
    await this.#appending;
    const head = Buffer.alloc(headLength);
    for (let at = 0; at < this.#fileSize; ) {
      await file.read(head, 0, headLength, at);
      const bytes = new Uint8Array(head.readUInt32LE(1));
      await file.read(bytes, 0, bytes.length, at + headLength);
      at += headLength + bytes.length;
      yield { to: head[0] === 1 ? "stdout" : "stderr", bytes };
    }
  }

  *#takeHeld(): Generator<Chunk> {
    for (let chunk = this.#held.shift(); chunk; chunk = this.#held.shift()) {
      this.#heldBytes -= chunk.bytes.length;
      this.#change();
      yield chunk;
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

async function openNameless(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "warc-"));
  try {
    return await open(join(folder, "output"), "wx+");
  } finally {
    await rm(folder, { recursive: true });
  }
}
