/** The thread that does the work with one file after another, and sends what it writes in large parts to the main thread. */
import { parentPort, workerData } from "node:worker_threads";
import { type FileWork, tryFile } from "./each-file.ts";
import type { Output } from "./output.ts";
import type { Chunk } from "./spool.ts";

/** What a thread is started with. */
export interface Task {
  /** The URL of the module whose `work` it does. */
  readonly module: string;
  readonly options: unknown;
}

export type Question = { readonly kind: "file"; readonly file: string } | { readonly kind: "taken" };

export type Answer =
  | ({ readonly kind: "chunk" } & Chunk)
  | { readonly kind: "passed"; readonly bytes: number }
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "unreadable"; readonly code: string; readonly message: string; readonly fix: string };

/** Characters of a chunk: a message for each record would take longer than reading it. */
const enough = 1 << 16;
/** Chunks that may be on their way before the main thread has taken them. */
const mostUntaken = 8;

const port = parentPort;
if (!port) throw new Error("BUG: a thread that belongs to nobody");
const task: Task = workerData;
const { work }: { readonly work: FileWork<unknown, unknown> } = await import(task.module);

let untaken = 0;
let taken = Promise.withResolvers<void>();
const answer = (message: Answer, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

port.on("message", (question: Question) => {
  if (question.kind === "file") return void runFile(question.file);
  untaken--;
  taken.resolve();
  taken = Promise.withResolvers();
});

/** Never rejects but for a fault of the program, which then ends the thread and is an error of its owner. */
async function runFile(file: string): Promise<void> {
  const writer = new ChunkWriter();
  const outcome = await tryFile(() => work.run(file, task.options, writer), file);
  await writer.flush();
  if (outcome.kind === "done") return answer(outcome);
  const { code, message, fix } = outcome.error;
  answer({ kind: "unreadable", code, message, fix });
}

/** Keeps the lines of both kinds in the order in which they were written. */
class ChunkWriter implements Output {
  #to: Chunk["to"] = "stdout";
  #text = "";

  print(line: string): Promise<void> {
    return this.#write("stdout", line);
  }

  say(line: string): Promise<void> {
    return this.#write("stderr", line);
  }

  passed(bytes: number): void {
    answer({ kind: "passed", bytes });
  }

  async flush(): Promise<void> {
    if (this.#text === "") return;
    const bytes = new TextEncoder().encode(this.#text);
    this.#text = "";
    while (untaken >= mostUntaken) await taken.promise;
    untaken++;
    answer({ kind: "chunk", to: this.#to, bytes }, [bytes.buffer]);
  }

  async #write(to: Chunk["to"], line: string): Promise<void> {
    if (to !== this.#to) await this.flush();
    this.#to = to;
    this.#text += `${line}\n`;
    if (this.#text.length >= enough) await this.flush();
  }
}
