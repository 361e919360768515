import type { LinkBase } from "./archived-url.ts";
import { readTag, type Tag } from "./html-tag.ts";
import { CssRewriter } from "./rewrite-css.ts";
import { baseOf, rewriteTag } from "./rewrite-tag.ts";

/** Characters of a tag beyond which it is passed on as it is. */
const longestTag = 1 << 20;

/** Elements whose text is no markup (HTML 13.2.5.2 to 13.2.5.4). `noscript` is not among them, for no script runs. */
const textElements: ReadonlySet<string> = new Set(["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"]);

type State =
  | { readonly in: "markup" }
  | { readonly in: "comment" }
  /** `css` where it is a style sheet. */
  | { readonly in: "text"; readonly element: string; readonly css: CssRewriter | undefined };

/**
 * Rewrites the links of an HTML page that comes in pieces, so that they lead into the archive. Text has a character for each byte, so that it
 * matters little which encoding the page is in. Holds a tag at most.
 */
export class HtmlRewriter {
  #base: LinkBase;
  #hasBase = false;
  #state: State = { in: "markup" };
  #held = "";

  constructor(base: LinkBase) {
    this.#base = base;
  }

  /** Answers what is ready. */
  write(text: string): string {
    return this.#rewrite(this.#held + text, false);
  }

  end(): string {
    return this.#rewrite(this.#held, true);
  }

  #rewrite(text: string, isLast: boolean): string {
    const out: string[] = [];
    let at = 0;
    for (let next = 0; next >= 0; ) {
      const step = this.#step(text, at, out, isLast);
      at = step.at;
      next = step.isStuck ? -1 : at;
    }
    this.#held = text.slice(at);
    return out.join("");
  }

  /** Goes on to the next border, and answers where it stands; stuck where more text is needed, or there is none. */
  #step(text: string, at: number, out: string[], isLast: boolean): Step {
    switch (this.#state.in) {
      case "markup":
        return this.#takeMarkup(text, at, out, isLast);
      case "comment":
        return this.#takeComment(text, at, out, isLast);
      case "text":
        return this.#takeText(text, at, out, isLast, this.#state);
      default:
        return this.#state satisfies never;
    }
  }

  #takeMarkup(text: string, at: number, out: string[], isLast: boolean): Step {
    const open = text.indexOf("<", at);
    if (open < 0) return give(text, at, text.length, out, true);
    if (!isLast && text.length - open < "<!--".length) return give(text, at, open, out, true);
    if (text.startsWith("<!--", open)) {
      this.#state = { in: "comment" };
      // `<!-->` is a whole comment: its dashes may end it.
      return give(text, at, open + 2, out, false);
    }
    if (!/^<\/?[a-z]/i.test(text.slice(open, open + 3))) return give(text, at, open + 1, out, false);
    const tag = readTag(text, open);
    if (!tag) return isLast || text.length - open > longestTag ? give(text, at, text.length, out, true) : give(text, at, open, out, true);
    out.push(text.slice(at, open), this.#takeTag(text, open, tag));
    return { at: tag.end, isStuck: false };
  }

  #takeTag(text: string, at: number, tag: Tag): string {
    if (tag.isEnd) return text.slice(at, tag.end);
    if (tag.name === "base" && !this.#hasBase) {
      const url = baseOf(text, tag, this.#base);
      if (url !== undefined) this.#hasBase = true;
      if (url !== undefined) this.#base = { ...this.#base, url };
    }
    if (textElements.has(tag.name)) {
      const css = tag.name === "style" ? new CssRewriter(this.#base) : undefined;
      this.#state = { in: "text", element: tag.name, css };
    }
    return rewriteTag(text, at, tag, this.#base);
  }

  #takeComment(text: string, at: number, out: string[], isLast: boolean): Step {
    const end = text.indexOf("-->", at);
    if (end < 0) return give(text, at, isLast ? text.length : Math.max(at, text.length - 2), out, true);
    this.#state = { in: "markup" };
    return give(text, at, end + 3, out, false);
  }

  #takeText(text: string, at: number, out: string[], isLast: boolean, { element, css }: State & { in: "text" }): Step {
    const closing = new RegExp(`</${element}(?=[\\s/>])`, "gi");
    closing.lastIndex = at;
    const found = closing.exec(text);
    const ended = found?.index;
    const to = ended ?? (isLast ? text.length : Math.max(at, text.length - element.length - 3));
    const part = text.slice(at, to);
    out.push(css ? css.write(part) : part);
    if (css && (ended !== undefined || isLast)) out.push(css.end());
    if (ended !== undefined) this.#state = { in: "markup" };
    return { at: to, isStuck: ended === undefined };
  }
}

interface Step {
  readonly at: number;
  readonly isStuck: boolean;
}

function give(text: string, from: number, to: number, out: string[], isStuck: boolean): Step {
  out.push(text.slice(from, to));
  return { at: to, isStuck };
}
