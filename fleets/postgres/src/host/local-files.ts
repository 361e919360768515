import { chown, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Files } from "./host.ts";
import type { Identity } from "./identity.ts";

/** Files of this machine; what the servers must reach is given to their user. */
export function localFiles(identity: Identity | undefined): Files {
  const give = async (path: string) => {
    if (identity) await chown(path, identity.uid, identity.gid);
  };
  return {
    exists: (path) => unless("ENOENT", false, async () => Boolean(await stat(path))),
    read: (path) => unless("ENOENT", undefined, () => readFile(path, "utf8")),
    async write(path, content, access = "owner") {
      const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
      try {
        await writeDraft(draft, content, access === "all" ? 0o644 : 0o600);
        if (access !== "control") await give(draft);
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      await syncFolder(dirname(path));
    },
    async makeFolder(path, access) {
      await mkdir(path, { recursive: true, mode: access === "owner" ? 0o700 : 0o755 });
      if (access === "owner") await give(path);
    },
    claim: (path) =>
      unless("EEXIST", false, async () => {
        await mkdir(path, { mode: 0o700 });
        await give(path);
        return true;
      }),
    list: (path) => unless("ENOENT", [], () => readdir(path)),
    async rename(from, to) {
      await rename(from, to);
      await syncFolder(dirname(to));
    },
    remove: (path) => rm(path, { recursive: true, force: true, maxRetries: 5 }),
    async free(path) {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    },
  };
}

async function writeDraft(draft: string, content: string, mode: number): Promise<void> {
  const file = await open(draft, "wx", mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is on the disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function unless<Value>(code: string, otherwise: Value, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    // A file in place of a folder on the way means that the path is not there either.
    const found = error instanceof Error && "code" in error ? error.code : undefined;
    if (found === code || (code === "ENOENT" && found === "ENOTDIR")) return otherwise;
    throw error;
  }
}
