import { Tokenizer, type TokenizerCallbacks } from "htmlparser2";

/** What markup consists of, in its order. Tags may be left open, and closed that were never opened: nothing is made to fit. */
export interface MarkupEvents {
  /** Names are in lower case. Of attributes with one name the first counts, as in browsers. */
  open(tag: string, attributes: ReadonlyMap<string, string>): void;
  close(tag: string): void;
  /** Some text, with its entities decoded; more of it may follow. */
  text(text: string): void;
}

/** Characters that are held of a name, an attribute's value, or whatever else has not ended: what is beyond them is left out. */
const longestPart = 1 << 16;
const mostAttributes = 1000;

/**
 * Reads HTML or XML piece by piece, and holds no tree, no stack and no more of it than one tag: a page that opens a million elements, or has
 * one attribute of a gigabyte, costs no more than any other of its size.
 */
export class MarkupReader {
  readonly #events: MarkupEvents;
  readonly #tokenizer: Tokenizer;
  #held = "";
  /** Of `held[0]`, in characters from the start. */
  #base = 0;
  #tag = "";
  #attributes = new Map<string, string>();
  #name = "";
  #value = "";

  constructor(events: MarkupEvents, { xml }: { readonly xml: boolean }) {
    this.#events = events;
    this.#tokenizer = new Tokenizer({ xmlMode: xml, decodeEntities: true }, this.#callbacks());
  }

  write(piece: string): void {
    this.#held += piece;
    this.#tokenizer.write(piece);
    if (this.#held.length > 2 * longestPart) this.#drop(this.#held.length - longestPart);
  }

  end(): void {
    this.#tokenizer.end();
  }

  #callbacks(): TokenizerCallbacks {
    const passOver = (_: number, end: number) => this.#passTo(end);
    return {
      ontext: (start, end) => this.#events.text(this.#take(start, end)),
      ontextentity: (code) => this.#events.text(String.fromCodePoint(code)),
      oncdata: (start, end, endOffset) => this.#events.text(this.#take(start, end - endOffset)),
      onopentagname: (start, end) => {
        this.#tag = this.#take(start, end).toLowerCase();
        this.#attributes = new Map();
      },
      onattribname: (start, end) => {
        this.#name = this.#take(start, end).toLowerCase();
        this.#value = "";
      },
      onattribdata: (start, end) => this.#addValue(this.#take(start, end)),
      onattribentity: (code) => this.#addValue(String.fromCodePoint(code)),
      onattribend: () => this.#endAttribute(),
      onopentagend: (end) => {
        this.#passTo(end);
        this.#events.open(this.#tag, this.#attributes);
      },
      onselfclosingtag: (end) => {
        this.#passTo(end);
        this.#events.open(this.#tag, this.#attributes);
        this.#events.close(this.#tag);
      },
      onclosetag: (start, end) => this.#events.close(this.#take(start, end).toLowerCase()),
      oncomment: passOver,
      ondeclaration: passOver,
      onprocessinginstruction: passOver,
      onend: () => undefined,
    };
  }

  #addValue(text: string): void {
    this.#value = (this.#value + text).slice(0, longestPart);
  }

  #endAttribute(): void {
    if (this.#attributes.size < mostAttributes && !this.#attributes.has(this.#name)) this.#attributes.set(this.#name, this.#value);
  }

  #take(start: number, end: number): string {
    const text = this.#held.slice(Math.max(0, start - this.#base), Math.max(0, end - this.#base));
    this.#passTo(end);
    return text;
  }

  /** What lies before is not asked for again; it is let go of from time to time, since that copies what stays. */
  #passTo(end: number): void {
    if (end - this.#base > longestPart) this.#drop(end - this.#base);
  }

  #drop(length: number): void {
    this.#held = this.#held.slice(length);
    this.#base += length;
  }
}
