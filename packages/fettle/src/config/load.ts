import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FettleError, type Fleet, type Machine, type StoreLocation, type WorkerOptions } from "@fettle/engine";
import { type Config, defineConfig, isPostgresUrl, machinesOf } from "./config.ts";

/** A config with its defaults filled in and its paths absolute. */
export interface Setup {
  readonly file: string;
  readonly store: StoreLocation;
  readonly fleets: readonly Fleet[];
  readonly machines: readonly Machine[];
  /** Whom pages call, how fettle itself is watched, and how long history is kept. */
  readonly paging: Pick<WorkerOptions, "pager" | "pagerRepeat" | "pagerTest" | "heartbeat" | "idle" | "keepHistory">;
  readonly alerts: Config["alerts"];
  readonly port: number;
}

const names = ["fettle.config.ts", "fettle.config.mts", "fettle.config.js", "fettle.config.mjs"];

/** Loads the config file: `named` (from `--config`), or the one in the current folder. Throws BAD_CONFIG with its file and line. */
export async function loadConfig(named: string | undefined): Promise<Setup> {
  const file = named === undefined ? findConfig() : resolve(named);
  if (file === undefined || !existsSync(file)) throw missing(named);
  const config = readExport(file, await importConfig(file));
  const url = process.env.DATABASE_URL || config.store?.url;
  if (url !== undefined && !isPostgresUrl(url)) {
    throw new FettleError("BAD_CONFIG", "Cannot use DATABASE_URL: it is not a postgres:// address", {
      fix: "Set it to postgres://user@host/database, or unset it for the embedded store",
    });
  }
  return {
    file,
    store: url === undefined ? { folder: resolve(dirname(file), config.folder ?? ".fettle") } : { url },
    fleets: config.fleets ?? [],
    machines: machinesOf(config),
    paging: {
      pager: config.pager,
      pagerRepeat: config.pagerRepeat,
      pagerTest: config.pagerTest,
      heartbeat: config.heartbeat,
      idle: config.idle,
      keepHistory: config.keepHistory,
    },
    alerts: config.alerts,
    port: config.port ?? 4747,
  };
}

/** The config file of the current folder. */
export function findConfig(): string | undefined {
  return names.map((name) => resolve(name)).find((path) => existsSync(path));
}

async function importConfig(file: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (cause) {
    const { message, fix } = reasonOf(cause);
    throw new FettleError("BAD_CONFIG", `Cannot load ${placeOf(cause, file)}: ${message}`, { ...(fix && { fix }), cause });
  }
}

function readExport(file: string, loaded: unknown): Config {
  if (typeof loaded === "object" && loaded !== null && "default" in loaded) {
    try {
      return defineConfig(loaded.default as Config);
    } catch (cause) {
      const { message, fix } = reasonOf(cause);
      throw new FettleError("BAD_CONFIG", `Cannot load ${file}: ${message}`, { ...(fix && { fix }), cause });
    }
  }
  throw new FettleError("BAD_CONFIG", `Cannot load ${file}: it has no default export`, {
    fix: "Write export default defineConfig({ machines: […] })",
  });
}

function missing(named: string | undefined): FettleError {
  if (named !== undefined) {
    return new FettleError("BAD_CONFIG", `Cannot load ${resolve(named)}: there is no such file`, {
      fix: "Name the config's path after --config",
    });
  }
  return new FettleError("BAD_CONFIG", `Cannot find a fettle.config.ts in ${process.cwd()}`, {
    fix: "Go to the folder that has one, name it with --config, or make one: fettle init",
  });
}

/** What was thrown may come from another copy of the engine, so its class says nothing. */
function reasonOf(cause: unknown): { message: string; fix: string | undefined } {
  if (!(cause instanceof Error)) return { message: `it threw ${String(cause)}`, fix: undefined };
  const fix = "fix" in cause && typeof cause.fix === "string" ? cause.fix : undefined;
  const message = cause.message.replace(/^Cannot use the config: /, "").split("\n")[0] ?? "";
  return { message: cause.name === "Error" || cause.name === "FettleError" ? message : `${cause.name}: ${message}`, fix };
}

/** Where the user's own code went wrong, as `file:line`: in the config file, else in a file beside it, else the config file alone. */
function placeOf(cause: unknown, file: string): string {
  const stack = cause instanceof Error ? (cause.stack ?? "") : "";
  const frames = [...stack.matchAll(/(file:\/\/\S+?|\/[^\n()]+?):(\d+)/g)].map(([, path = "", line = ""]) => ({
    path: path.startsWith("file:") ? fileURLToPath(path) : path,
    line,
  }));
  const isOwn = (path: string) => path.startsWith(dirname(file)) && !path.includes("/node_modules/");
  const frame = frames.find(({ path }) => path === file) ?? frames.find(({ path }) => isOwn(path));
  return frame ? `${frame.path}:${frame.line}` : file;
}
