import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where a running `fettle up` answers. */
export interface UpAddress {
  readonly url: string;
  readonly pid: number;
}

/** Only the holder of the folder's store writes it. */
export function writeUpFile(folder: string, address: UpAddress): void {
  const path = join(folder, "up.json");
  // Never half a file to a reader.
  writeFileSync(`${path}.new`, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function removeUpFile(folder: string): void {
  rmSync(join(folder, "up.json"), { force: true });
}

/** The address in the folder, unless its process is dead: `kill -9` leaves the file behind. */
export function readUpFile(folder: string): UpAddress | undefined {
  const address = parse(folder);
  return address && isAlive(address.pid) ? address : undefined;
}

function parse(folder: string): UpAddress | undefined {
  try {
    const { url, pid } = JSON.parse(readFileSync(join(folder, "up.json"), "utf8"));
    return typeof url === "string" && Number.isInteger(pid) ? { url, pid } : undefined;
  } catch {
    // No file, or one that nobody finished: there is no address to believe.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be asked, and lives.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
