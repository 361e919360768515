import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FettleError } from "../error.ts";

/**
 * Holds a folder for this process. Node has no flock; SQLite's exclusive lock is a lock of the operating system on a file,
 * so it is released by the death of its holder, however it dies. Throws STORE_HELD.
 */
export function holdFolder(folder: string): Disposable {
  const lock = new DatabaseSync(join(folder, "lock"), { timeout: 0 });
  try {
    // Without a rollback journal nothing is left behind by a killed holder.
    lock.exec("pragma journal_mode = off; begin exclusive");
  } catch (cause) {
    lock.close();
    throw new FettleError("STORE_HELD", `Cannot open the embedded store in ${folder}: another process has it${holder(folder)}`, {
      fix: "Stop that process, use another folder, or set DATABASE_URL to share one Postgres between processes",
      cause,
    });
  }
  writeFileSync(join(folder, "holder"), `${process.pid}\n`);
  return { [Symbol.dispose]: () => lock.close() };
}

function holder(folder: string): string {
  try {
    return ` (pid ${readFileSync(join(folder, "holder"), "utf8").trim()})`;
  } catch {
    // The holder has not written its pid yet; the message is true without it.
    return "";
  }
}
