import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** Name and version of an installed package. */
export function versionOf(name: string): string {
  const manifest = findPackageJSON(name, import.meta.url);
  if (!manifest) throw new Error(`Cannot find the package ${name}: run script/bootstrap`);
  return `${name} ${JSON.parse(readFileSync(manifest, "utf8")).version}`;
}
