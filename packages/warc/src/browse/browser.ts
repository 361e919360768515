import type { RandomAccess } from "../bytes/input.ts";
import { readFrom } from "../serve/record-place.ts";
import { draw, roomOf, type Scene, type Size } from "./draw.ts";
import type { Key } from "./keys.ts";
import { previewOf } from "./preview.ts";
import { RecordList } from "./record-list.ts";

type View =
  | { readonly kind: "list" }
  | { readonly kind: "typing"; readonly text: string }
  | { readonly kind: "record"; readonly lines: readonly string[]; readonly top: number };

/** An archive as it is looked at: what is on the screen, and what each key does. Knows nothing of terminals. */
export class Browser implements AsyncDisposable {
  readonly #file: RandomAccess;
  readonly #name: string;
  #list: RecordList;
  #words = "";
  #view: View = { kind: "list" };
  /** The chosen record, and the first that is on the screen, of the list. */
  #chosen = 0;
  #top = 0;

  constructor(file: RandomAccess, name: string) {
    this.#file = file;
    this.#name = name;
    this.#list = new RecordList(file, "");
  }

  /** The screen. Reads as many records as it shows, and is not settled where the signal has ended that before. */
  async render(size: Size, signal: AbortSignal): Promise<{ readonly lines: readonly string[]; readonly isSettled: boolean }> {
    const room = roomOf(size);
    const wanted = Math.max(this.#top, this.#chosen) + room + 1;
    await this.#list.reach(wanted, signal);
    const isSettled = this.#list.isComplete || this.#list.known >= wanted;
    this.#chosen = Math.max(0, Math.min(this.#chosen, this.#list.known - 1));
    this.#top = Math.max(0, Math.min(this.#top, this.#chosen), this.#chosen - room + 1);
    return { lines: draw(await this.#scene(room, isSettled), size), isSettled };
  }

  /** Does what the key says. False where it ends the program. */
  async press(key: Key, size: Size): Promise<boolean> {
    if (key === "interrupt") return false;
    const view = this.#view;
    if (view.kind === "typing") await this.#type(view.text, key);
    else if (key === "q") return false;
    else if (view.kind === "record") await this.#pressInRecord(view, key, size);
    else await this.#pressInList(key, size);
    return true;
  }

  async #pressInList(key: Key, size: Size): Promise<void> {
    const page = roomOf(size);
    const moves: Partial<Record<Key, number>> = { up: -1, k: -1, p: -1, down: 1, j: 1, n: 1, pageUp: -page, pageDown: page, " ": page };
    if (key === "enter") await this.#open();
    else if (key === "/") this.#view = { kind: "typing", text: this.#words };
    else if (key === "home") this.#chosen = 0;
    else if (key === "escape" && this.#words !== "") await this.#filter("");
    else this.#chosen = Math.max(0, this.#chosen + (moves[key] ?? 0));
  }

  async #pressInRecord(view: Extract<View, { kind: "record" }>, key: Key, size: Size): Promise<void> {
    const page = roomOf(size);
    const moves: Partial<Record<Key, number>> = { up: -1, k: -1, down: 1, j: 1, pageUp: -page, pageDown: page, " ": page };
    const last = Math.max(0, view.lines.length - page);
    if (key === "escape" || key === "backspace" || key === "left") this.#view = { kind: "list" };
    else if (key === "n" || key === "p") await this.#step(key === "n" ? 1 : -1);
    else if (key === "home") this.#view = { ...view, top: 0 };
    else if (key === "end") this.#view = { ...view, top: last };
    else this.#view = { ...view, top: Math.max(0, Math.min(last, view.top + (moves[key] ?? 0))) };
  }

  async #type(text: string, key: Key): Promise<void> {
    if (key === "enter") await this.#filter(text);
    else if (key === "escape") this.#view = { kind: "list" };
    else if (key === "backspace") this.#view = { kind: "typing", text: [...text].slice(0, -1).join("") };
    else if ([...key].length === 1) this.#view = { kind: "typing", text: text + key };
  }

  async #filter(words: string): Promise<void> {
    this.#view = { kind: "list" };
    if (words === this.#words) return;
    await this.#list[Symbol.asyncDispose]();
    this.#list = new RecordList(this.#file, words);
    this.#words = words;
    this.#chosen = 0;
    this.#top = 0;
  }

  async #step(by: number): Promise<void> {
    const wanted = this.#chosen + by;
    if (wanted < 0 || wanted >= this.#list.known) return;
    this.#chosen = wanted;
    await this.#open();
  }

  async #open(): Promise<void> {
    const [row] = await this.#list.rows(this.#chosen, 1);
    if (!row) return;
    for await (const { record } of readFrom(this.#file, row.place)) {
      this.#view = { kind: "record", lines: await previewOf(record), top: 0 };
      return;
    }
  }

  async #scene(room: number, isSettled: boolean): Promise<Scene> {
    const view = this.#view;
    if (view.kind === "record")
      return { kind: "record", name: `record ${this.#chosen + 1}  ${this.#name}`, lines: view.lines, top: view.top };
    return {
      kind: "list",
      name: this.#name,
      rows: await this.#list.rows(this.#top, room),
      chosen: this.#chosen - this.#top,
      number: this.#chosen,
      known: this.#list.known,
      isComplete: this.#list.isComplete,
      isReading: !isSettled,
      words: this.#words,
      typed: view.kind === "typing" ? view.text : undefined,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#list[Symbol.asyncDispose]();
  }
}
