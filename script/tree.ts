import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const root = join(import.meta.dirname, "..");
const left = new Set([".git", ".fettle", "node_modules", "dist", "build"]);

/** The root of a copy of this repository, below the system's temporary folder, in which anything may be broken. The caller removes it. */
export function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), "fettle-tree-"));
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(basename(path)) });
  linkModules(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** Links to what is installed. Our own packages are relative links there, and stay so: in the copy they mean the copy's. */
function linkModules(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    const isOurs = name === ".bin" || name === "@fettle" || existsSync(join(root, "packages", name));
    if (isOurs) cpSync(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
    else symlinkSync(join(from, name), join(to, name));
  }
}
