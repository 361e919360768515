import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { FettleError } from "@fettle/engine";
import { exit } from "../exit.ts";
import { type Command, textOf } from "./command.ts";
import { dryRunOption } from "./why.ts";

export const init: Command = {
  name: "init",
  about: "Write a config and a first machine that runs",
  args: [{ usage: "[folder]", about: "default: this one" }],
  options: [dryRunOption],
  examples: ["fettle init", "fettle init recovery"],
  async run(call) {
    const folder = resolve(textOf(call.args.folder) ?? ".");
    const files = plan(folder);
    const names = files.map(({ path }) => relative(folder, path));
    const value = { folder, files: names };
    if (call.options.dryRun === true) {
      call.out.result({ dryRun: true, ...value }, names.map((name) => `Would write ${name}`).join("\n"));
      return exit.done;
    }
    for (const file of files) write(file);
    call.out.result(value, files.map((file) => `${file.extends ? "Made a module of" : "Wrote"} ${relative(folder, file.path)}`).join("\n"));
    for (const line of nextSteps(folder)) call.out.say(line);
    return exit.done;
  },
};

interface Planned {
  readonly path: string;
  readonly text: string;
  /** It may stand there already: what it holds is kept. */
  readonly extends?: true;
}

/** Refuses before anything is written. */
function plan(folder: string): Planned[] {
  const manifest = manifestOf(folder);
  const suffix = manifest.isModule ? "ts" : "mts";
  const files: Planned[] = [
    { path: join(folder, `fettle.config.${suffix}`), text: template("fettle.config").replace("heartbeat.ts", `heartbeat.${suffix}`) },
    { path: join(folder, "machines", `heartbeat.${suffix}`), text: template("heartbeat") },
  ];
  const there = files.find(({ path }) => existsSync(path));
  if (there) {
    throw new FettleError("ALREADY_THERE", `Cannot write ${there.path}: there is one already`, {
      fix: "Use another folder: fettle init NAME",
    });
  }
  return [...manifest.files, ...files];
}

/**
 * Node reads what is written here as a module only when package.json says so, or by the suffix `.mts`. A package.json that npm made for
 * its own notes is told; one that somebody wrote for other code is left as it is.
 */
function manifestOf(folder: string): { isModule: boolean; files: Planned[] } {
  const path = join(folder, "package.json");
  if (!existsSync(path)) {
    const fresh = { name: "recovery", private: true, type: "module", dependencies: { fettle: `^${ownVersion()}` } };
    return { isModule: true, files: [{ path, text: pretty(fresh) }] };
  }
  const manifest = readManifest(path);
  if (manifest.type === "module") return { isModule: true, files: [] };
  const isNpmsOwn = Object.keys(manifest).every((name) => /^(dev)?dependencies$/i.test(name));
  if (!isNpmsOwn) return { isModule: false, files: [] };
  return { isModule: true, files: [{ path, text: pretty({ type: "module", ...manifest }), extends: true }] };
}

function readManifest(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new FettleError("BAD_CONFIG", `Cannot read ${path}: ${problem}`, {
      fix: "Mend it, or use another folder: fettle init NAME",
      cause,
    });
  }
}

function write({ path, text, extends: isKnown }: Planned): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { flag: isKnown ? "w" : "wx" });
}

function template(name: string): string {
  return readFileSync(new URL(`../template/${name}.txt`, import.meta.url), "utf8");
}

function ownVersion(): string {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}

function nextSteps(folder: string): string[] {
  const way = relative(process.cwd(), folder);
  return [
    "",
    "Next:",
    ...(way === "" ? [] : [`  cd ${way}`]),
    ...(existsSync(join(folder, "node_modules", "fettle")) ? [] : ["  npm install"]),
    "  npx fettle up",
    "and in another shell:",
    "  npx fettle start heartbeat web-1",
    "  npx fettle watch",
  ];
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
