import { open } from "node:fs/promises";
import type { RandomAccess } from "./input.ts";

/** A file that is open for reading; leaving the block that it is `await using`d in closes it. */
export interface OpenFile extends RandomAccess, AsyncDisposable {}

/** Opens a file as an input. Throws what the system says where it cannot: ENOENT, EACCES, EISDIR. */
export async function openFile(path: string): Promise<OpenFile> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return {
      size,
      async read(offset, length) {
        const buffer = Buffer.allocUnsafeSlow(length);
        const { bytesRead } = await file.read(buffer, 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
