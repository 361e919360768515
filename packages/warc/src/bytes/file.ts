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
        const bytes = Buffer.allocUnsafeSlow(Math.min(length, Math.max(0, size - offset)));
        let read = 0;
        while (read < bytes.length) {
          const { bytesRead } = await file.read(bytes, read, bytes.length - read, offset + read);
          if (bytesRead === 0) break;
          read += bytesRead;
        }
        return bytes.subarray(0, read);
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
