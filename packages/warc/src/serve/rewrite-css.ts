import { type LinkBase, rewriteLink } from "./archived-url.ts";

/** Characters that are held until a link in them ends. A longer one is a `data:` URL, which needs no rewriting. */
const longestLink = 1 << 16;

/** Rewrites the links of a style sheet that comes in pieces: `url(…)` and `@import "…"`. Text has a character for each byte. */
export class CssRewriter {
  readonly #base: LinkBase;
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
    let done = 0;
    // What ends no link from here on ends none further on: looking again each time would take the square of the length.
    const missing = new Set<string>();
    const opening = /url\(|@import/gi;
    for (let found = opening.exec(text); found; found = opening.exec(text)) {
      const link = linkAt(text, opening.lastIndex, found[0].startsWith("@"), missing);
      if (link === "cut" && !isLast && text.length - found.index < longestLink) {
        this.#held = text.slice(found.index);
        return out.join("") + text.slice(done, found.index);
      }
      if (typeof link === "string") continue;
      const to = rewriteLink(text.slice(link.start, link.end), this.#base);
      if (to !== undefined) out.push(text.slice(done, link.start), escapeLink(to));
      if (to !== undefined) done = link.end;
      opening.lastIndex = link.end;
    }
    // The beginning of `url(` or `@import` may stand at the end.
    const kept = isLast ? text.length : Math.max(done, text.length - "@impor".length);
    this.#held = text.slice(kept);
    return out.join("") + text.slice(done, kept);
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function linkAt(text: string, from: number, mustBeQuoted: boolean, missing: Set<string>): Span | "cut" | "none" {
  let start = from;
  while (/\s/.test(text.charAt(start))) start++;
  if (start >= text.length) return "cut";
  const quote = text.charAt(start);
  const isQuoted = quote === '"' || quote === "'";
  if (isQuoted) start++;
  if (!isQuoted && mustBeQuoted) return "none";
  const closing = isQuoted ? quote : ")";
  const end = missing.has(closing) ? -1 : text.indexOf(closing, start);
  if (end < 0) missing.add(closing);
  if (end < 0) return "cut";
  return isQuoted ? { start, end } : { start, end };
}

/** What could end it, in whichever quotes or none it stands. */
function escapeLink(link: string): string {
  return link.replace(/["'()\\\s]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
