import { open } from "node:fs/promises";
import type { RandomAccess } from "../sorted-file.ts";

/** A file of the disk, open until it is disposed of; of the size that it had when it was opened. */
export async function openFile(path: string): Promise<RandomAccess & AsyncDisposable> {
  const file = await open(path);
  const { size } = await file.stat();
  return {
    size,
    async read(offset, length) {
      const bytes = Buffer.allocUnsafe(Math.min(length, Math.max(0, size - offset)));
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
}
