import { existsSync, rmSync } from "node:fs";
import { WarcError } from "../error.ts";
import { createFile } from "../write/node/create-file.ts";
import type { OutputFile } from "../write/output-file.ts";

const interrupts = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Begins a file as `createFile` does. Where somebody interrupts the command, what there is of it is removed, and the command ends as it would have. */
export async function createArchive(path: string, force: boolean): Promise<OutputFile> {
  const temporary = `${path}.open`;
  if (existsSync(temporary)) return createFile(path, { force });
  // Before there is a file, so that there is no moment in which it would stay.
  const forget = removeOnInterrupt(temporary);
  try {
    const file = await createFile(path, { force });
    return {
      ...file,
      async finish() {
        await file.finish();
        forget();
      },
      async abandon() {
        await file.abandon();
        forget();
      },
      async [Symbol.asyncDispose]() {
        await file[Symbol.asyncDispose]();
        forget();
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
}

/** Answers what ends it. */
function removeOnInterrupt(path: string): () => void {
  const end = (signal: NodeJS.Signals) => {
    rmSync(path, { force: true });
    forget();
    process.kill(process.pid, signal);
  };
  const forget = () => {
    for (const interrupt of interrupts) process.removeListener(interrupt, end);
  };
  for (const interrupt of interrupts) process.on(interrupt, end);
  return forget;
}

/** Throws `FILE_EXISTS` where there is a file of that name, before anything is done for a new one. */
export function refuseExisting(path: string, force: boolean): void {
  if (force || !existsSync(path)) return;
  throw new WarcError(
    "FILE_EXISTS",
    `Cannot make ${path}: there is a file of that name`,
    "Choose another name, or overwrite it with --force",
  );
}
