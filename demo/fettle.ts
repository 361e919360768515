import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { HistoryEntry, InstanceDetail, Page } from "@fettle/engine";

const root = fileURLToPath(new URL("..", import.meta.url));
const command = `${root}packages/fettle/src/main.ts`;

/** The real `fettle`, in a folder of its own: `up` as a process that can be killed, the rest by its HTTP API. */
export class Fettle implements AsyncDisposable {
  readonly folder: string;
  url = "";
  #up: ChildProcess | undefined;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(folder: string): Promise<Fettle> {
    await writeFile(`${folder}/fettle.config.ts`, config(folder));
    return new Fettle(folder);
  }

  /** Starts `fettle up`, and resolves when it says where its dashboard is. */
  async up(): Promise<void> {
    const port = this.url === "" ? "0" : new URL(this.url).port;
    const log = openSync(`${this.folder}/up.log`, "a");
    const child = spawn(process.execPath, [command, "up", "--json", "--port", port], {
      cwd: this.folder,
      env: environment(),
      // Ctrl-C is for the demo, which ends everything in order.
      detached: true,
      stdio: ["ignore", "pipe", log],
    });
    this.#up = child;
    const line = await Promise.race([firstLine(child), once(child, "exit").then(() => "")]);
    if (line === "") throw new Error(`fettle up ended at once: ${(await readFile(`${this.folder}/up.log`, "utf8")).trim()}`);
    this.url = (JSON.parse(line) as { url: string }).url;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  get pid(): number {
    return this.#up?.pid ?? 0;
  }

  /** Runs a command to its end; returns what it prints. */
  async run(args: readonly string[], say: (line: string) => void): Promise<string> {
    const child = spawn(process.execPath, [command, ...args], { cwd: this.folder, env: environment(), stdio: ["ignore", "pipe", "pipe"] });
    let talk = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      talk += text;
      for (const line of text.split("\n")) if (line !== "") say(line);
    });
    const closed = once(child, "close");
    const result = (await child.stdout.setEncoding("utf8").toArray()).join("");
    const [code] = (await closed) as [number | null];
    if (code !== 0) throw new Error(`fettle ${args.join(" ")} ended with ${code}: ${talk.trim()}`);
    return result.trim();
  }

  show(machine: string, key: string): Promise<InstanceDetail> {
    return this.#get(`/instances/${encodeURIComponent(machine)}/${encodeURIComponent(key)}`);
  }

  changes(after?: string): Promise<{ entries: readonly HistoryEntry[]; last: string }> {
    return this.#get(after === undefined ? "/changes" : `/changes?after=${after}`);
  }

  pages(): Promise<readonly Page[]> {
    return this.#get("/pages?all=1");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end("SIGTERM");
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#up;
    this.#up = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(late);
  }

  async #get<Answer>(path: string): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1${path}`, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout?.setEncoding("utf8") ?? []) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}

/** The demo has a store of its own, whatever the person's environment says. */
function environment(): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, ...rest } = process.env;
  return rest;
}

function config(folder: string): string {
  const from = (path: string) => JSON.stringify(`file://${root}${path}`);
  return `import { defineConfig } from ${from("packages/fettle/src/index.ts")};
import { local, postgres } from ${from("fleets/postgres/src/index.ts")};

export default defineConfig({
  fleets: [postgres({ folder: ${JSON.stringify(`${folder}/pg`)}, hosts: [local()] })],
  port: 0,
});
`;
}
