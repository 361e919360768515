import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GrowingBytes } from "../http/growing-bytes.ts";
import type { Spool } from "./spool.ts";

const mostHeld = 1 << 20;

/** In memory as far as 1 MiB, beyond it in a file that has no name, so that nothing is left of it however the process ends. */
export const spool: Spool = async (pieces) => {
  const held = new GrowingBytes();
  let file: FileHandle | undefined;
  let filed = 0;
  try {
    for await (const piece of pieces) {
      if (!file && held.length + piece.length <= mostHeld) {
        held.add(piece);
        continue;
      }
      if (!file) {
        file = await openNameless();
        filed = await append(file, held.bytes, filed);
      }
      filed = await append(file, piece, filed);
    }
  } catch (error) {
    await file?.close();
    throw error;
  }
  if (!file) return { length: held.length, bytes: held.bytes, [Symbol.asyncDispose]: async () => undefined };
  const spooled = file;
  return {
    length: filed,
    bytes: { [Symbol.asyncIterator]: () => readFrom(spooled, filed) },
    [Symbol.asyncDispose]: () => spooled.close(),
  };
};

async function openNameless(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "warc-block-"));
  try {
    return await open(join(folder, "block"), "wx+", 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Answers where the file ends then. */
async function append(file: FileHandle, bytes: Uint8Array, at: number): Promise<number> {
  let end = at;
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, end);
    written += bytesWritten;
    end += bytesWritten;
  }
  return end;
}

async function* readFrom(file: FileHandle, length: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < length; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(Math.min(1 << 20, length - at)), 0, undefined, at);
    if (bytesRead === 0) throw new Error(`BUG: a file of ${length} bytes that nobody else knows ends at ${at}`);
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
