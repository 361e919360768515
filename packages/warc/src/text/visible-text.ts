import { type MarkupEvents, MarkupReader } from "./markup.ts";

/** Elements whose text nobody sees. */
const hidden: ReadonlySet<string> = new Set([
  "script",
  "style",
  "template",
  "noscript",
  "iframe",
  "object",
  "svg",
  "math",
  "select",
  "datalist",
  "head",
]);
/** Elements that begin and end a line. */
const blocks: ReadonlySet<string> = new Set(
  (
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure footer form " +
    "h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol optgroup option p pre section summary table tbody tfoot thead title tr ul"
  ).split(" "),
);

/** The text of a page as a reader sees it, a line a block, its white space as one blank. Scripts, styles and the like are left out. */
export class VisibleText implements MarkupEvents {
  readonly #reader = new MarkupReader(this, { xml: false });
  #title = "";
  #isTitle = false;
  /** The hidden element that hides what follows, and how many of its kind are open in it. */
  #hiding: { readonly tag: string; depth: number } | undefined;
  #line = "";
  #hasBlank = false;
  #lines: string[] = [];

  /** Of the first `<title>`, as far as it has been read. */
  get title(): string {
    return this.#title.replace(/\s+/g, " ").trim();
  }

  write(piece: string): void {
    this.#reader.write(piece);
  }

  end(): void {
    this.#reader.end();
    this.#endLine();
  }

  /** The lines that have been completed since they were last taken. */
  takeLines(): readonly string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  open(tag: string): void {
    if (tag === "title" && this.#title === "") this.#isTitle = true;
    if (this.#hiding) {
      if (this.#hiding.tag === tag) this.#hiding.depth++;
      // A page that forgets to close its head has a body all the same.
      if (this.#hiding.tag !== "head" || tag !== "body") return;
      this.#hiding = undefined;
    }
    if (hidden.has(tag)) this.#hiding = { tag, depth: 1 };
    else if (blocks.has(tag)) this.#endLine();
    else if (tag === "td" || tag === "th") this.#hasBlank = true;
  }

  close(tag: string): void {
    if (tag === "title") this.#isTitle = false;
    if (this.#hiding) {
      if (this.#hiding.tag === tag && --this.#hiding.depth === 0) this.#hiding = undefined;
    } else if (blocks.has(tag)) this.#endLine();
  }

  text(text: string): void {
    if (this.#isTitle && this.#title.length < longestTitle) this.#title += text.slice(0, longestTitle);
    if (this.#hiding || this.#isTitle) return;
    const words = text.split(/[ \t\r\n\f]+/);
    for (const [index, word] of words.entries()) {
      if (index > 0) this.#hasBlank = true;
      if (word === "") continue;
      this.#line += this.#hasBlank && this.#line !== "" ? ` ${word}` : word;
      this.#hasBlank = false;
      if (this.#line.length > longestLine) this.#endLine();
    }
  }

  #endLine(): void {
    if (this.#line !== "") this.#lines.push(this.#line);
    this.#line = "";
    this.#hasBlank = false;
  }
}

const longestTitle = 1000;
/** Characters after which a line ends wherever it is. */
const longestLine = 1 << 16;
