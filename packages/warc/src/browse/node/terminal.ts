import type { ReadStream, WriteStream } from "node:tty";
import type { Size } from "../draw.ts";
import { type Key, parseKeys } from "../keys.ts";

/** What ends the process from outside; it ends with 128 and the signal's number, as a shell has it. */
const signals = { SIGHUP: 129, SIGTERM: 143 } as const;

/** A terminal that is given over to a screen, and given back as it was when it is disposed of, or the process ends in whatever way but a kill. */
export class Terminal implements Disposable {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #keys: (Key | "resize")[] = [];
  #wake: (() => void) | undefined;
  #busy = new AbortController();
  #isOwned = true;
  readonly #listeners: readonly (() => void)[];

  constructor(input: ReadStream, output: WriteStream) {
    this.#input = input;
    this.#output = output;
    // On its own screen, without a cursor.
    output.write("\x1b[?1049h\x1b[?25l");
    input.setRawMode(true);
    input.setEncoding("utf8");
    this.#listeners = [
      this.#listen(input, "data", (text) => this.#push(...parseKeys(String(text)))),
      this.#listen(input, "end", () => this.#push("interrupt")),
      this.#listen(output, "resize", () => this.#push("resize")),
      this.#listen(process, "exit", () => this.#giveBack()),
      ...Object.entries(signals).map(([signal, code]) => this.#listen(process, signal, () => process.exit(code))),
    ];
    input.resume();
  }

  get size(): Size {
    return { columns: this.#output.columns || 80, rows: this.#output.rows || 24 };
  }

  /** Aborted as soon as a key is pressed: whatever takes long may stop. Asked for before it begins. */
  get pressed(): AbortSignal {
    return this.#busy.signal;
  }

  show(lines: readonly string[]): void {
    this.#output.write(`\x1b[H${lines.join("\r\n")}`);
  }

  /** The next key, or that the screen has another size. */
  async next(): Promise<Key | "resize"> {
    while (this.#keys.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    const key = this.#keys.shift() ?? "interrupt";
    if (this.#keys.length === 0) this.#busy = new AbortController();
    return key;
  }

  #push(...keys: readonly Key[]): void {
    this.#keys.push(...keys);
    if (keys.length === 0) return;
    this.#busy.abort();
    this.#wake?.();
  }

  #listen(source: NodeJS.EventEmitter, event: string, listener: (value: unknown) => void): () => void {
    source.on(event, listener);
    return () => source.off(event, listener);
  }

  #giveBack(): void {
    if (!this.#isOwned) return;
    this.#isOwned = false;
    this.#input.setRawMode(false);
    this.#output.write("\x1b[?25h\x1b[?1049l");
  }

  [Symbol.dispose](): void {
    for (const stop of this.#listeners) stop();
    this.#giveBack();
    this.#input.pause();
  }
}
