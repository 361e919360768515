import { Worker } from "node:worker_threads";
import { WarcError } from "../error.ts";
import type { FileWork, Outcome } from "./each-file.ts";
import type { Answer, Question, Task } from "./file-worker.ts";
import { printBytes, say } from "./output.ts";
import type { Progress } from "./progress.ts";
import { type Chunk, Spool } from "./spool.ts";

/** Files that are begun before the one whose turn it is has ended, for each thread: what they write waits on the disk. */
const mostAhead = 8;

/**
 * Does the work with the files, `threads` at once. All that the first writes comes out before anything of the second does, and so on; answers
 * what came of each in that order, once all of its output is out.
 */
export async function* inWorkers<Options, Result>(
  work: FileWork<Options, Result>,
  files: readonly string[],
  options: Options,
  threads: number,
  progress: Progress,
): AsyncGenerator<Outcome<Result>> {
  await using workers = new AsyncDisposableStack();
  const idle: FileWorker[] = [];
  for (let thread = 0; thread < threads; thread++) idle.push(workers.use(new FileWorker({ module: work.module, options }, progress)));
  const runs: Promise<Run<Result>>[] = [];
  let free = Promise.withResolvers<void>();
  const start = async (file: string): Promise<Run<Result>> => {
    let worker = idle.pop();
    for (; !worker; worker = idle.pop()) await free.promise;
    const run = worker.run<Result>(file);
    const used = worker;
    const release = () => {
      idle.push(used);
      free.resolve();
      free = Promise.withResolvers();
    };
    run.outcome.then(release, release);
    return run;
  };
  let next = 0;
  for (let turn = 0; turn < files.length; turn++) {
    for (const file of files.slice(next, turn + threads * mostAhead)) {
      runs.push(start(file));
      next++;
    }
    const run = await runs.shift();
    if (!run) throw new Error("BUG: a file has not been begun in its turn");
    await using spool = run.spool;
    for await (const { to, bytes } of spool.read()) await write(to, bytes);
    yield await run.outcome;
  }
}

interface Run<Result> {
  readonly spool: Spool;
  readonly outcome: Promise<Outcome<Result>>;
}

async function write(to: Chunk["to"], bytes: Uint8Array): Promise<void> {
  if (to === "stdout") await printBytes(bytes);
  else say(Buffer.from(bytes).toString().replace(/\n$/, ""));
}

/** A thread that does one file after another. */
class FileWorker implements AsyncDisposable {
  readonly #worker: Worker;
  #hear: (answer: Answer) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;

  constructor(task: Task, progress: Progress) {
    this.#worker = new Worker(new URL(import.meta.resolve("#file-worker")), { workerData: task });
    this.#worker.on("message", (answer: Answer) => (answer.kind === "passed" ? progress.passed(answer.bytes) : this.#hear(answer)));
    this.#worker.on("error", (error) => this.#fail(error));
  }

  run<Result>(file: string): Run<Result> {
    const spool = new Spool();
    const { promise, resolve, reject } = Promise.withResolvers<Outcome<Result>>();
    const end = async (settle: () => void) => {
      await spool.close();
      settle();
    };
    const fail = (error: unknown) => end(() => reject(error));
    this.#fail = fail;
    this.#hear = (answer) => {
      switch (answer.kind) {
        case "chunk":
          spool.write(answer).then(() => this.#ask({ kind: "taken" }), fail);
          break;
        case "done":
          // The thread runs the work whose result this is, which its messages cannot say.
          end(() => resolve({ kind: "done", result: answer.result as Result })).catch(reject);
          break;
        case "unreadable": {
          const { code, message, fix } = answer;
          end(() => resolve({ kind: "unreadable", error: new WarcError(code, message, fix) })).catch(reject);
          break;
        }
      }
    };
    this.#ask({ kind: "file", file });
    return { spool, outcome: promise };
  }

  #ask(question: Question): void {
    this.#worker.postMessage(question);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}
