import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { partOf } from "./arrows.ts";
import { readImports } from "./imports.ts";

/**
 * Deletes a package or fleet as a person would: its folder, the modules elsewhere that import it, and the single lines where those are
 * plugged in. Returns the modules that went with it. Where more than a line hangs on it, the rest does not compile any more.
 */
export function deletePart(root: string, part: string): readonly string[] {
  const imports = readImports(root);
  const importers = imports.filter(({ file, target }) => partOf(file) !== part && target && partOf(target) === part);
  const gone = [...new Set(importers.map(({ file }) => file))];
  for (const { file, line, target } of imports) {
    if (target && gone.includes(target) && !gone.includes(file) && partOf(file) !== part) blank(join(root, file), line);
  }
  for (const path of [part, ...gone]) rmSync(join(root, path), { recursive: true });
  return gone;
}

function blank(path: string, line: number): void {
  const lines = readFileSync(path, "utf8").split("\n");
  lines[line - 1] = "";
  writeFileSync(path, lines.join("\n"));
}
