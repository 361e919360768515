import { readFile } from "node:fs/promises";
import { FettleError } from "@fettle/engine";

/** Whom the servers run as. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** Postgres refuses to run as root, so root runs it as user postgres; anybody else runs it as themselves (undefined). */
export async function serverIdentity(): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const line = (await readFile("/etc/passwd", "utf8")).split("\n").find((entry) => entry.startsWith("postgres:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined) {
    throw new FettleError("POSTGRES_MISSING", "Cannot run Postgres as root, and this machine has no user postgres", {
      fix: "Install Postgres: apt-get install postgresql, or run fettle as a user that is not root",
      retryable: false,
    });
  }
  return { uid: Number(uid), gid: Number(gid) };
}
