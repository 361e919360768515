import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { after } from "node:test";
import { openStore } from "@fettle/engine";

const root = join(import.meta.dirname, "../../..");
const main = join(root, "packages/fettle/src/main.ts");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running extends AsyncDisposable {
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  /** Waits for its end. */
  ended(): Promise<Ended>;
  /** Sends a signal, and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

export interface Up extends Running {
  readonly url: string;
  readonly pid: number;
}

interface Typing {
  readonly prompt: string;
  readonly keys: string;
}

export interface Sandbox extends AsyncDisposable {
  readonly folder: string;
  write(name: string, content: string): Promise<void>;
  /** Runs `fettle` there, to its end. */
  fettle(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Runs `fettle` on a pseudo-terminal of 100 columns, typing `keys` once `prompt` is seen; what it shows is `stdout`. */
  onTerminal(args: readonly string[], typing?: Typing, environment?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Starts `fettle` there, and does not wait for its end. */
  spawn(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Running>;
  /** Starts `fettle up` there, and waits until it runs. */
  up(args?: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Up>;
}

/** An empty folder in which `import "fettle"` works, gone afterwards with all that was started in it. */
export async function openSandbox(config?: string): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), "fettle-cli-"));
  const started: ChildProcessWithoutNullStreams[] = [];
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const write = async (name: string, content: string) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  };
  await write("package.json", `{ "type": "module" }`);
  if (config !== undefined) await write("fettle.config.ts", config);

  const launch = (command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const { DATABASE_URL: _, NO_COLOR: __, FORCE_COLOR: ___, NODE_TEST_CONTEXT: ____, ...rest } = process.env;
    const child = spawn(command, args, { cwd: folder, env: { ...rest, ...environment }, stdio: ["pipe", "pipe", "pipe"] });
    started.push(child);
    return child;
  };
  return {
    folder,
    write,
    async fettle(args, environment) {
      const child = launch(process.execPath, [main, ...args], environment);
      child.stdin.end();
      return ended(child);
    },
    async onTerminal(args, typing, environment) {
      const line = [process.execPath, main, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
      const child = launch("script", ["-qec", `stty cols 100 rows 24; exec ${line}`, "/dev/null"], { TERM: "xterm", ...environment });
      const end = ended(child);
      if (typing) typeAt(child, typing);
      return end;
    },
    spawn: async (args, environment) => running(launch(process.execPath, [main, ...args], environment)),
    async up(args = ["--port", "0"], environment) {
      const child = launch(process.execPath, [main, "up", "--json", ...args], environment);
      return upRunning(child);
    },
    async [Symbol.asyncDispose]() {
      for (const child of started) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const exited = once(child, "exit");
        child.kill("SIGKILL");
        await exited;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

let template: Promise<string> | undefined;
// Here it belongs to the whole file; inside a function, to the test that happens to call it first.
after(async () => {
  if (template) await rm(await template, { recursive: true, force: true });
});

/** The same with an embedded store in it: to make a new one takes seconds, to copy one a tenth. */
export async function openStoredSandbox(config: string): Promise<Sandbox> {
  template ??= makeTemplate();
  const box = await openSandbox(config);
  await cp(await template, join(box.folder, ".fettle"), { recursive: true });
  return box;
}

async function makeTemplate(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fettle-cli-store-"));
  await (await openStore({ folder }))[Symbol.asyncDispose]();
  await rm(join(folder, "holder"));
  return folder;
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, stdout, stderr };
}

/** Types once the prompt is there; who reads the rest is not disturbed. */
function typeAt(child: ChildProcessWithoutNullStreams, { prompt, keys }: Typing): void {
  let shown = "";
  const see = (chunk: Buffer) => {
    shown += chunk;
    if (!shown.includes(prompt)) return;
    child.stdout.off("data", see);
    child.stdin.write(keys);
  };
  child.stdout.on("data", see);
}

function running(child: ChildProcessWithoutNullStreams): Running {
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const closed = once(child, "close").then(([code]) => ({ code, stdout, stderr }));
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return closed;
  };
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    ended: () => closed,
    end,
    [Symbol.asyncDispose]: async () => void (await end("SIGKILL")),
  };
}

async function upRunning(child: ChildProcessWithoutNullStreams): Promise<Up> {
  const up = running(child);
  const line = new Promise<string>((resolve) => child.stdout.on("data", () => up.stdout().includes("\n") && resolve(up.stdout())));
  const early = up.ended().then(({ stderr }): never => {
    throw new Error(`fettle up ended: ${stderr}`);
  });
  const { url, pid } = JSON.parse(await Promise.race([line, early]));
  early.catch(() => "it was told to end");
  return { ...up, url, pid };
}

/** Waits for a condition; fails, saying which, after 20 s. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited 20 s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
