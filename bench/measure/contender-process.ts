import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Work } from "../contenders/contender.ts";
import type { Name } from "../contenders/contenders.ts";
import type { Reply, Request } from "../contenders/process.ts";

/** All of them hold much in flight, which a small young generation copies about: the same flag for all. */
const nodeFlags = ["--max-semi-space-size=64"];

/** A process of its own on its connected store, whose worker has not begun. */
export async function open(name: Name, work: Work): Promise<ContenderProcess> {
  const opened = new ContenderProcess();
  try {
    await opened.open(name, work);
  } catch (error) {
    await opened.end();
    throw error;
  }
  return opened;
}

export class ContenderProcess {
  /** What its handlers have begun so far. */
  progress = { steps: 0, finished: 0 };
  readonly #child: ChildProcess = fork(join(import.meta.dirname, "../contenders/process.ts"), { execArgv: nodeFlags });
  readonly #broken = Promise.withResolvers<never>();
  #waiting: ((reply: Reply) => void) | undefined;

  constructor() {
    this.#child.on("message", (reply: Reply) => this.#hear(reply));
    this.#child.on("exit", (code, signal) => this.#broken.reject(new Error(`The contender's process ended with ${signal ?? code}`)));
    this.#broken.promise.catch(() => undefined);
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  async open(name: Name, work: Work): Promise<void> {
    await this.#ask({ kind: "open", name, work });
  }

  async load(): Promise<void> {
    await this.#ask({ kind: "load" });
  }

  async work(): Promise<void> {
    await this.#ask({ kind: "work" });
  }

  async left(): Promise<number> {
    const reply = await this.#ask({ kind: "left" });
    return reply.kind === "left" ? reply.keys : 0;
  }

  async start(keys: readonly string[], apartMs: number): Promise<readonly number[]> {
    const reply = await this.#ask({ kind: "start", keys, apartMs });
    return reply.kind === "started" ? reply.latenciesMs : [];
  }

  /** Rejects when the process has ended or has said that it cannot go on. */
  async #ask(request: Request): Promise<Reply> {
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#waiting = resolve;
    this.#child.send(request);
    return Promise.race([promise, this.#broken.promise]);
  }

  /** Rejects as `ask` does; else never resolves. */
  get broken(): Promise<never> {
    return this.#broken.promise;
  }

  /** Has it close and end, with whatever it has started; kills it when it does not within ten seconds. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    const impatient = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
    this.#ask({ kind: "close" }).then(
      () => this.#child.disconnect(),
      () => this.#child.kill("SIGTERM"),
    );
    await exited;
    clearTimeout(impatient);
  }

  #hear(reply: Reply): void {
    if (reply.kind === "progress") this.progress = reply;
    else if (reply.kind === "failed") this.#broken.reject(new Error(reply.message));
    else this.#waiting?.(reply);
  }
}
