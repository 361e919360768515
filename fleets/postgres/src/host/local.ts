import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { createServer } from "node:net";
import { FettleError } from "@fettle/engine";
import type { Command, Host, Ran } from "./host.ts";
import { type Identity, serverIdentity } from "./identity.ts";
import { localFiles } from "./local-files.ts";
import { localJobs } from "./local-jobs.ts";
import { readProcess, readProcesses } from "./process-table.ts";
import { findPrograms } from "./programs.ts";

export interface LocalOptions {
  /** The folder with the server programs. Default: the newest in `/usr/lib/postgresql`. */
  readonly binaries?: string;
}

/** A host, made when it is first needed: looking for the servers' user may fail, and a config file must still load. */
export type HostMaker = { readonly name: string; open(): Promise<Host> };

/** This machine. */
export function local(options: LocalOptions = {}): HostMaker {
  let opened: Promise<Host> | undefined;
  return {
    name: "local",
    open() {
      opened ??= serverIdentity().then((identity) => localHost(identity, options.binaries));
      return opened;
    },
  };
}

function localHost(identity: Identity | undefined, binaries: string | undefined): Host {
  const files = localFiles(identity);
  const launch: Host["launch"] = (command) => launchDetached(command, identity);
  const run = (command: Command) => runCommand(command, identity);
  return {
    name: "local",
    address: "127.0.0.1",
    run,
    launch,
    files,
    jobs: localJobs(files, launch, readProcess, (leader) => killOne(-leader, "SIGKILL")),
    processes: readProcesses,
    process: readProcess,
    async kill(pids, signal) {
      for (const pid of pids) killOne(pid, signal);
    },
    freePort,
    programs: remembered((major) => findPrograms(binaries, async (program) => (await run({ program, args: ["--version"] })).stdout, major)),
  };
}

/** What was found stays where it is; what was not found may be installed meanwhile. */
function remembered(find: Host["programs"]): Host["programs"] {
  const known = new Map<number, Awaited<ReturnType<Host["programs"]>>>();
  return async (major) => {
    const found = known.get(major ?? 0) ?? (await find(major));
    known.set(major ?? 0, found);
    return found;
  };
}

function environment(extra: Command["env"]): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC", ...extra };
}

async function runCommand(command: Command, identity: Identity | undefined): Promise<Ran> {
  const { promise, resolve, reject } = Promise.withResolvers<Ran>();
  execFile(
    command.program,
    [...command.args],
    {
      ...identity,
      cwd: "/",
      env: environment(command.env),
      timeout: command.timeout ?? 60_000,
      killSignal: "SIGKILL",
      maxBuffer: 16 << 20,
    },
    (error, stdout, stderr) => {
      if (!error) return resolve({ code: 0, stdout, stderr });
      if (typeof error.code === "number") return resolve({ code: error.code, stdout, stderr });
      const said = error.killed ? `no answer in ${command.timeout ?? 60_000}ms` : error.message;
      reject(new FettleError("COMMAND_FAILED", `Cannot run ${command.program}: ${said}`, { cause: error }));
    },
  );
  return promise;
}

async function launchDetached(command: Command & { readonly log: string }, identity: Identity | undefined): Promise<number> {
  const log = await open(command.log, "a", 0o600);
  try {
    if (identity) await log.chown(identity.uid, identity.gid);
    const child = spawn(command.program, [...command.args], {
      ...identity,
      cwd: "/",
      env: environment(command.env),
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    const pid = await spawned(child);
    child.unref();
    return pid;
  } finally {
    await log.close();
  }
}

async function spawned(child: ChildProcess): Promise<number> {
  // Rejects with the error event when the program cannot be started.
  await once(child, "spawn");
  return child.pid as number;
}

function killOne(pid: number, signal: "SIGKILL" | "SIGHUP"): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone already, which is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Linux hands out 32768 and up to clients: a port from there could be a stranger's while its server is down. */
const lowest = 15_000;
const highest = 32_000;

async function freePort(taken: readonly number[]): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new FettleError("PORT_TAKEN", `Found no free port between ${lowest} and ${highest} in 200 tries`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once("error", () => resolve(false));
  server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  return promise;
}
