/** Checks that imports point down only: between the packages, and between the layers of the engine. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, matchesGlob, relative, resolve } from "node:path";
import { parseSync, Visitor } from "oxc-parser";

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
 * client/client.ts holds only the shapes that questions and answers have, which the store fills.
 */
const layers = ["error.ts", "machine", "client/client.ts", "store", "worker", "client"] as const;

const sources = "{packages/*/{src,test},fleets/*/{src,test},examples,learn,bench,demo,script,test}/**/*.{ts,js,mjs}";

export interface Arrows {
  readonly checked: number;
  /** A sentence for each import that points the wrong way: the file, what it imports, the rule. */
  readonly broken: readonly string[];
}

/** Reads every module below `root`. Throws where a file cannot be parsed. */
export function checkArrows(root: string): Arrows {
  const names = packageNames(root);
  const files = modules(root);
  const broken = files.flatMap((file) =>
    importsOf(join(root, file), file).flatMap(({ line, specifier }) => {
      const rule = brokenRule(file, specifier, targetOf(root, file, specifier, names));
      return rule ? [`${file}:${line} imports ${specifier}: ${rule}`] : [];
    }),
  );
  return { checked: files.length, broken };
}

/** The modules outside `folder` that import what is in it. */
export function importersOf(root: string, folder: string): readonly string[] {
  const names = packageNames(root);
  const imports = (file: string) => importsOf(join(root, file), file).map(({ specifier }) => targetOf(root, file, specifier, names));
  return modules(root).filter((file) => folderOf(file) !== folder && imports(file).some((target) => target && folderOf(target) === folder));
}

function modules(root: string): readonly string[] {
  return globSync(sources, { cwd: root, exclude: ["**/node_modules", "**/dist"] }).sort();
}

function packageNames(root: string): ReadonlyMap<string, string> {
  const folders = globSync("{packages,fleets}/*/package.json", { cwd: root }).map(dirname);
  return new Map(folders.map((folder) => [JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")).name, folder]));
}

function importsOf(path: string, file: string): { line: number; specifier: string }[] {
  const text = readFileSync(path, "utf8");
  const { program, errors } = parseSync(file, text);
  if (errors[0]) throw new Error(`Cannot parse ${file}: ${errors[0].message}`);
  const found: { line: number; specifier: string }[] = [];
  const note = (source: unknown) => {
    const literal = source as { type: string; value?: unknown; start: number } | null | undefined;
    if (literal?.type !== "Literal" || typeof literal.value !== "string") return;
    found.push({ line: text.slice(0, literal.start).split("\n").length, specifier: literal.value });
  };
  new Visitor({
    ImportDeclaration: (node) => note(node.source),
    ExportNamedDeclaration: (node) => note(node.source),
    ExportAllDeclaration: (node) => note(node.source),
    ImportExpression: (node) => note(node.source),
    TSImportType: (node) => note(node.source),
    CallExpression: (node) => {
      if (/^(require|import\.meta\.resolve)$/.test(text.slice(node.callee.start, node.callee.end))) note(node.arguments[0]);
    },
  }).visit(program);
  return found;
}

/** The file or folder of this repository that a specifier means, from its root; undefined for anybody else's. */
function targetOf(root: string, file: string, specifier: string, names: ReadonlyMap<string, string>): string | undefined {
  if (specifier.startsWith(".")) return relative(root, resolve(root, dirname(file), specifier));
  if (specifier.startsWith("#")) return undefined;
  const [scopeOrName = "", name] = specifier.split("/");
  return names.get(scopeOrName.startsWith("@") ? `${scopeOrName}/${name}` : scopeOrName);
}

function brokenRule(file: string, specifier: string, target: string | undefined): string | undefined {
  if (target === undefined) return undefined;
  const from = folderOf(file);
  const to = folderOf(target);
  if (from === to) return from === "packages/engine" && !file.endsWith(".test.ts") ? brokenLayer(file, target) : undefined;
  if (to && specifier.startsWith(".")) return "another package is imported by its name, never by a path into it";
  if (!from) return undefined;
  if (!to) return "a package imports nothing from the root's folders";
  const row = parts.find(([part]) => matchesGlob(from, part));
  if (!row) return `${from} is in no row of script/arrows.ts`;
  const may = row[1];
  return may.includes(to) ? undefined : `${from} may import ${may.length ? may.join(" and ") : "nothing of ours"}`;
}

/** `packages/engine` for any file in it; undefined for the root's own folders. */
function folderOf(path: string): string | undefined {
  return /^(packages|fleets)\/[^/]+/.exec(path)?.[0];
}

function brokenLayer(file: string, target: string): string | undefined {
  return layerOf(target) > layerOf(file) ? `inside the engine imports point down: ${layers.join(" ← ")} ← the rest` : undefined;
}

function layerOf(path: string): number {
  const layer = layers.findIndex((name) => `${path}/`.startsWith(`packages/engine/src/${name}/`));
  return layer === -1 ? layers.length : layer;
}

if (import.meta.main) {
  const { checked, broken } = checkArrows(process.cwd());
  for (const sentence of broken) console.error(sentence);
  console.log(`${checked} modules checked, ${broken.length} imports point the wrong way`);
  process.exitCode = broken.length > 0 || checked === 0 ? 1 : 0;
}
