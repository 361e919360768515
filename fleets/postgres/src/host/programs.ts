import { access, constants, readdir } from "node:fs/promises";
import { FettleError } from "@fettle/engine";
import type { Programs } from "./host.ts";

export const oldestMajor = 15;
const needed = ["postgres", "initdb", "pg_basebackup", "pg_rewind"];

/** Finds the server programs: in `folder` when it is given, else where Debian and its kin put them. */
export async function findPrograms(
  folder: string | undefined,
  version: (program: string) => Promise<string>,
  major?: number,
): Promise<Programs> {
  const folders = folder === undefined ? await debianFolders() : [folder];
  const found: Programs[] = [];
  for (const candidate of folders) {
    if (await isComplete(candidate)) found.push({ folder: candidate, major: parseMajor(await version(`${candidate}/postgres`)) });
  }
  return choose(found, folder ?? "/usr/lib/postgresql/*/bin", major);
}

/** The wanted major version, or the newest. */
export function choose(found: readonly Programs[], where: string, major?: number): Programs {
  const newest = found.toSorted((one, other) => other.major - one.major)[0];
  if (!newest) {
    throw new FettleError("POSTGRES_MISSING", `Found no Postgres server programs (${needed.join(", ")}) in ${where}`, {
      fix: "Install them: apt-get install postgresql, or name their folder: local({ binaries: … })",
      retryable: false,
    });
  }
  if (newest.major < oldestMajor) {
    throw new FettleError("POSTGRES_TOO_OLD", `The newest Postgres in ${where} is ${newest.major}; fettle needs ${oldestMajor} or later`, {
      fix: `Install Postgres ${oldestMajor} or later, or name its folder: local({ binaries: … })`,
      retryable: false,
    });
  }
  const chosen = major === undefined ? newest : found.find((programs) => programs.major === major);
  if (!chosen) {
    throw new FettleError("POSTGRES_MISSING", `The cluster was made by Postgres ${major}, whose programs are not in ${where}`, {
      fix: `Install it again: apt-get install postgresql-${major}`,
      retryable: false,
    });
  }
  return chosen;
}

/** `postgres (PostgreSQL) 15.18 (Debian …)` → 15 */
export function parseMajor(text: string): number {
  return Number(/\(PostgreSQL\) (\d+)/.exec(text)?.[1] ?? 0);
}

async function debianFolders(): Promise<string[]> {
  const root = "/usr/lib/postgresql";
  const majors = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return majors.map((major) => `${root}/${major}/bin`);
}

async function isComplete(folder: string): Promise<boolean> {
  const present = await Promise.all(
    needed.map((program) =>
      access(`${folder}/${program}`, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return present.every(Boolean);
}
