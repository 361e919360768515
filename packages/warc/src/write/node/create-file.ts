import { access, type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { WarcError } from "../../error.ts";
import type { OutputFile } from "../output-file.ts";

export interface CreateOptions {
  /** Puts the file in the place of one that is there. */
  readonly force?: boolean;
}

/**
 * Begins a file that is named `PATH.open` until it is finished; then it is synced, takes its name, and the folder is synced. A process that
 * is killed leaves `PATH.open`, with all that was written. Throws a `WarcError` `FILE_EXISTS` where there is one of that name, and
 * `FILE_OPEN` where somebody is making it, or was killed over it; else what the system says.
 */
export async function createFile(path: string, { force = false }: CreateOptions = {}): Promise<OutputFile> {
  const temporary = `${path}.open`;
  if (!force) await refuseExisting(path);
  const file = await openNew(temporary, path);
  let isOpen = true;
  let size = 0;
  return {
    async write(bytes) {
      for (let written = 0; written < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, written, bytes.length - written, size);
        written += bytesWritten;
        size += bytesWritten;
      }
    },
    async truncate(to) {
      await file.truncate(to);
      size = to;
    },
    async finish() {
      await file.sync();
      if (!force) await refuseExisting(path);
      await rename(temporary, path);
      isOpen = false;
      await file.close();
      await syncFolder(dirname(path));
    },
    async abandon() {
      isOpen = false;
      await file.close();
    },
    async [Symbol.asyncDispose]() {
      if (!isOpen) return;
      isOpen = false;
      await file.close();
      await rm(temporary, { force: true });
    },
  };
}

async function openNew(temporary: string, path: string): Promise<FileHandle> {
  try {
    return await open(temporary, "wx");
  } catch (cause) {
    if (!isCode(cause, "EEXIST")) throw cause;
    const fix = `If no other process is making it, look what it holds with warc ls ${temporary}, then move it away`;
    throw new WarcError("FILE_OPEN", `Cannot make ${path}: ${temporary} is there`, fix, { cause });
  }
}

async function refuseExisting(path: string): Promise<void> {
  try {
    await access(path);
  } catch (error) {
    if (isCode(error, "ENOENT")) return;
    throw error;
  }
  throw new WarcError(
    "FILE_EXISTS",
    `Cannot make ${path}: there is a file of that name`,
    "Choose another name, or overwrite it with --force",
  );
}

/** Without it the new name may be gone after a loss of power. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path);
  await folder.sync();
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
