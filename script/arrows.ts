/** Checks that imports point down only: between the packages, and between the layers of the engine. */
import { matchesGlob } from "node:path";
import { findModules, type Import, readImports } from "./imports.ts";

/** What each part may import, besides itself. The first row that fits counts. Nothing but root folders may import a fleet. */
const parts: readonly (readonly [part: string, may: readonly string[]])[] = [
  ["packages/engine", []],
  ["packages/warc", []],
  ["packages/dashboard", ["packages/engine"]],
  ["packages/fettle", ["packages/engine", "packages/dashboard"]],
  ["fleets/browser", ["packages/engine", "packages/warc"]],
  ["fleets/*", ["packages/engine"]],
];

/**
 * A file of the engine may import its own layer and those before it; whatever is in none of them stands above them all.
 * The named files of client/ hold only the shapes that questions and answers have, which the store fills.
 */
const layers = [
  ["error.ts"],
  ["machine", "policy"],
  ["client/client.ts", "client/page.ts", "client/request.ts", "client/rollout.ts"],
  ["store"],
  ["rollout"],
  ["worker"],
  ["client"],
] as const;

export interface Arrows {
  readonly checked: number;
  /** A sentence for each import that points the wrong way: the file, what it imports, the rule. */
  readonly broken: readonly string[];
}

/** Reads every module below `root`. */
export function checkArrows(root: string): Arrows {
  const broken = readImports(root).flatMap((found) => {
    const rule = brokenRule(found);
    return rule ? [`${found.file}:${found.line} imports ${found.specifier}: ${rule}`] : [];
  });
  return { checked: findModules(root).length, broken };
}

/** `packages/engine` for any file in it; undefined for the root's own folders. */
export function partOf(path: string): string | undefined {
  return /^(packages|fleets)\/[^/]+/.exec(path)?.[0];
}

function brokenRule({ file, specifier, target }: Import): string | undefined {
  if (target === undefined) return undefined;
  const from = partOf(file);
  const to = partOf(target);
  if (from === to) return from === "packages/engine" && !file.endsWith(".test.ts") ? brokenLayer(file, target) : undefined;
  // The worlds that tests build (a Postgres of their own, …) are no part of what a package shows; tests of others borrow them.
  const isBorrowed = file.includes("/test/") && target.includes("/test/");
  if (to && specifier.startsWith(".") && !isBorrowed) return "another package is imported by its name, never by a path into it";
  if (!from) return undefined;
  if (!to) return "a package imports nothing from the root's folders";
  const row = parts.find(([part]) => matchesGlob(from, part));
  if (!row) return `${from} is in no row of script/arrows.ts`;
  const may = row[1];
  return may.includes(to) ? undefined : `${from} may import ${may.length ? may.join(" and ") : "nothing of ours"}`;
}

function brokenLayer(file: string, target: string): string | undefined {
  return layerOf(target) > layerOf(file)
    ? `inside the engine imports point down: ${layers.map((layer) => layer.join(" and ")).join(" ← ")} ← the rest`
    : undefined;
}

function layerOf(path: string): number {
  const layer = layers.findIndex((names) => names.some((name) => `${path}/`.startsWith(`packages/engine/src/${name}/`)));
  return layer === -1 ? layers.length : layer;
}

if (import.meta.main) {
  const { checked, broken } = checkArrows(process.cwd());
  for (const sentence of broken) console.error(sentence);
  console.log(`${checked} modules checked, ${broken.length} imports point the wrong way`);
  process.exitCode = broken.length > 0 || checked === 0 ? 1 : 0;
}
