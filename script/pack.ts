/**
 * Runs around `npm pack` and `npm publish` in a package's folder. In this repository a package's manifest points to its TypeScript, which
 * Node runs as it is; inside node_modules Node strips no types, so what is published points to JavaScript.
 *   build    compiles into dist/ and points the manifest there
 *   restore  points it back; harmless when nothing is to be restored, and after a pack that died half-way
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, globSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..");

switch (process.argv[2]) {
  case "build":
    build(process.cwd());
    break;
  case "restore":
    restore(process.cwd());
    break;
  default:
    throw new Error(`Expected build or restore, got ${process.argv[2]}`);
}

function build(folder: string): void {
  restore(folder);
  compile(folder);
  refuseSources(join(folder, "dist"));
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  rewrite(folder, /"\.\/src\/([^"]+)\.ts"/g, '"./dist/$1.js"');
}

function restore(folder: string): void {
  rewrite(folder, /"\.\/dist\/([^"]+)\.js"/g, '"./src/$1.ts"');
  for (const made of ["dist", "LICENSE"]) rmSync(join(folder, made), { recursive: true, force: true });
}

/** The whole tree is compiled, since a package sees the sources of those it imports; only its own part is kept. */
function compile(folder: string): void {
  const staging = mkdtempSync(join(tmpdir(), "fettle-pack-"));
  try {
    const options = ["--noEmit", "false", "--outDir", staging, "--rootDir", root, "--declaration", "--rewriteRelativeImportExtensions"];
    const tsc = spawnSync("tsc", ["-p", root, "--noEmitOnError", ...options], { stdio: ["ignore", "inherit", "inherit"] });
    if (tsc.error) throw tsc.error;
    if (tsc.status !== 0) throw new Error(`Cannot pack ${folder}: its types do not check`);
    cpSync(join(staging, relative(root, folder), "src"), join(folder, "dist"), { recursive: true, filter: (path) => !isTest(path) });
  } finally {
    rmSync(staging, { recursive: true });
  }
  const assets = { recursive: true, filter: (path: string) => !path.endsWith(".ts") };
  cpSync(join(folder, "src"), join(folder, "dist"), assets);
}

function isTest(path: string): boolean {
  return /\.test\.(js|d\.ts)$/.test(path);
}

/** The compiler rewrites imports, and nothing else: a path to a source that is written as a text would be broken where it is installed. */
function refuseSources(dist: string): void {
  for (const file of globSync("**/*.js", { cwd: dist })) {
    const path = /["'`](\.{1,2}\/[^"'`\s]+\.ts)["'`]/.exec(readFileSync(join(dist, file), "utf8"))?.[1];
    if (path)
      throw new Error(`Cannot pack ${file}: it names ${path}, which is not published; name it under "imports" in package.json instead`);
  }
}

function rewrite(folder: string, from: RegExp, to: string): void {
  const path = join(folder, "package.json");
  const text = readFileSync(path, "utf8");
  const changed = text.replaceAll(from, to);
  if (changed === text) return;
  // Never half a manifest: a rename is whole or has not happened.
  writeFileSync(`${path}.new`, changed);
  renameSync(`${path}.new`, path);
}
