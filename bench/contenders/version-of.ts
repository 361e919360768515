import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** Name and version of an installed package. */
export function versionOf(name: string): string {
  return `${name} ${JSON.parse(readFileSync(manifestOf(name), "utf8")).version}`;
}

/** The path of its package.json. */
export function manifestOf(name: string): string {
  const manifest = findPackageJSON(name, import.meta.url);
  if (manifest) return manifest;
  throw new Error(`Cannot find the package ${name}: run script/bootstrap`);
}
