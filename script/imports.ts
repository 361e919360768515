import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseSync, Visitor } from "oxc-parser";

const sources = "{packages/*/{src,test,conformance,docs},fleets/*/{src,test},examples,learn,bench,demo,script,test}/**/*.{ts,js,mjs}";

export interface Import {
  /** The module, from the root. */
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
  /** The file or the package's folder that it means, from the root; undefined where it is none of ours. */
  readonly target: string | undefined;
}

/** The modules of the repository at `root`. */
export function findModules(root: string): readonly string[] {
  return globSync(sources, { cwd: root, exclude: ["**/node_modules", "**/dist"] }).sort();
}

/** Every import of every module, of types too, however it is written. Throws where a module cannot be parsed. */
export function readImports(root: string): readonly Import[] {
  const names = packageNames(root);
  return findModules(root).flatMap((file) =>
    importsIn(file, readFileSync(join(root, file), "utf8")).map((found) => ({
      ...found,
      file,
      target: targetOf(root, file, found.specifier, names),
    })),
  );
}

function packageNames(root: string): ReadonlyMap<string, string> {
  const folders = globSync("{packages,fleets}/*/package.json", { cwd: root }).map(dirname);
  return new Map(folders.map((folder) => [JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")).name, folder]));
}

function importsIn(file: string, text: string): { line: number; specifier: string }[] {
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

function targetOf(root: string, file: string, specifier: string, names: ReadonlyMap<string, string>): string | undefined {
  if (specifier.startsWith(".")) return relative(root, resolve(root, dirname(file), specifier));
  if (specifier.startsWith("#")) return undefined;
  const [scopeOrName = "", name] = specifier.split("/");
  return names.get(scopeOrName.startsWith("@") ? `${scopeOrName}/${name}` : scopeOrName);
}
