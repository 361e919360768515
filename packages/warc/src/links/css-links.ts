import { type Links, longestLink } from "./link.ts";

/**
 * `url(…)` with or without quotes · `@import "…"`. Comments are not told apart: browsers look for no links in them, and a link more is better
 * than one less where a comment has no end. Every part is bounded, so that no style can make it go back far.
 */
const text = String.raw`(?:"((?:[^"\n\\]|\\.){0,8192})"|'((?:[^'\n\\]|\\.){0,8192})')`;
const bare = String.raw`((?:[^\s"'()\\]|\\.){1,8192})`;
const reference = new RegExp(String.raw`\burl\(\s{0,20}(?:${text}|${bare})\s{0,20}\)|@import\s{1,20}${text}`, "gi");

/** Finds the links of a style sheet while it is read. */
export class CssLinks {
  readonly #links: Links;
  readonly #from: string;
  #held = "";

  constructor(links: Links, from: string) {
    this.#links = links;
    this.#from = from;
  }

  static scan(css: string, links: Links, from: string): void {
    new CssLinks(links, from).write(css);
  }

  write(piece: string): void {
    this.#held += piece;
    let done = 0;
    for (const found of this.#held.matchAll(reference)) {
      done = found.index + found[0].length;
      const url = found[1] ?? found[2] ?? found[3];
      this.#links.add(unescape(url ?? found[4] ?? found[5] ?? ""), `${this.#from} ${url === undefined ? "@import" : "url()"}`);
    }
    // What may be the beginning of one is looked at again with what follows.
    this.#held = this.#held.slice(done).slice(-longestLink);
    const begins = this.#held.search(/(?:url\(|@import|[uU@][^;{}]{0,8}$)/i);
    this.#held = begins < 0 ? "" : this.#held.slice(begins);
  }
}

/** `\26 ` and `\(` (CSS Syntax 4.3.7). */
function unescape(text: string): string {
  return text.replace(/\\(?:([0-9a-f]{1,6})\s?|(.))/gis, (_, hex: string | undefined, char: string | undefined) => {
    const code = hex === undefined ? undefined : Number.parseInt(hex, 16);
    return code === undefined ? (char ?? "") : code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  });
}
