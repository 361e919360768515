import { existsSync, rmSync } from "node:fs";
import { mkdtemp, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { WarcError } from "../error.ts";

/**
 * Makes a file that appears whole or not at all: `make` gets a folder beside it for what it needs, and answers which file in there is the
 * one. Whatever ends the command short of a kill, the folder is gone afterwards. Throws `FILE_EXISTS` where a file has that name, unless it
 * is to be replaced.
 */
export async function makeFile(path: string, replace: boolean, make: (folder: string) => Promise<string>): Promise<void> {
  refuseExisting(path, replace);
  const folder = await mkdtemp(`${path}.making-`);
  using _ = removeOnInterrupt(folder);
  try {
    const made = await make(folder);
    await syncFile(made);
    await rename(made, path);
    // Without it the new name may be gone after a loss of power.
    await syncFile(dirname(path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Throws `FILE_EXISTS` where there is something of that name. */
export function refuseExisting(path: string, replace: boolean): void {
  if (replace || !existsSync(path)) return;
  throw new WarcError("FILE_EXISTS", `Cannot write ${path}: it is there already`, "Name another one, or let it be replaced with --force");
}

const interrupts = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Removes files and folders, those of the set at that moment, when somebody interrupts the command, which then ends as it would have. */
export function removeOnInterrupt(paths: string | ReadonlySet<string>): Disposable {
  const end = (signal: NodeJS.Signals) => {
    for (const path of typeof paths === "string" ? [paths] : paths) rmSync(path, { recursive: true, force: true });
    for (const interrupt of interrupts) process.removeListener(interrupt, end);
    process.kill(process.pid, signal);
  };
  for (const interrupt of interrupts) process.on(interrupt, end);
  return {
    [Symbol.dispose]() {
      for (const interrupt of interrupts) process.removeListener(interrupt, end);
    },
  };
}

async function syncFile(path: string): Promise<void> {
  await using file = await open(path);
  await file.sync();
}
