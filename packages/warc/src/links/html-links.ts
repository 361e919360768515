import { type MarkupEvents, MarkupReader } from "../text/markup.ts";
import { CssLinks } from "./css-links.ts";
import type { Links } from "./link.ts";

/** Attributes that hold one URL, by their elements (HTML Standard, and what pages have had before it). */
const attributes: Readonly<Record<string, readonly string[]>> = {
  href: ["a", "area", "link", "image", "use", "xhtml:link"],
  "xlink:href": ["a", "image", "use", "script"],
  src: ["img", "script", "iframe", "frame", "embed", "source", "video", "audio", "track", "input"],
  data: ["object"],
  poster: ["video"],
  action: ["form"],
  formaction: ["button", "input"],
  background: ["body", "table", "td", "th"],
  cite: ["blockquote", "q", "ins", "del"],
  longdesc: ["img", "iframe", "frame"],
  manifest: ["html"],
};

const byElement = new Map<string, string[]>();
for (const [attribute, elements] of Object.entries(attributes))
  for (const element of elements) byElement.set(element, [...(byElement.get(element) ?? []), attribute]);

/** Finds the links of a page while it is read. */
export class HtmlLinks implements MarkupEvents {
  readonly #reader = new MarkupReader(this, { xml: false });
  readonly #links: Links;
  #hasBase = false;
  /** Of the `<style>` that is open. */
  #style: CssLinks | undefined;

  constructor(links: Links) {
    this.#links = links;
  }

  write(piece: string): void {
    this.#reader.write(piece);
  }

  end(): void {
    this.#reader.end();
  }

  open(tag: string, found: ReadonlyMap<string, string>): void {
    if (tag === "base") this.#setBase(found.get("href"));
    if (tag === "meta" && found.get("http-equiv")?.toLowerCase() === "refresh") this.#refresh(found.get("content") ?? "");
    if (tag === "style") this.#style = new CssLinks(this.#links, "style");
    for (const attribute of byElement.get(tag) ?? []) this.#links.add(found.get(attribute) ?? "", `${tag}@${attribute}`);
    for (const attribute of ["srcset", "imagesrcset"])
      for (const url of urlsOfSrcset(found.get(attribute) ?? "")) this.#links.add(url, `${tag}@${attribute}`);
    const style = found.get("style");
    if (style?.includes("(")) CssLinks.scan(style, this.#links, `${tag}@style`);
  }

  close(tag: string): void {
    if (tag === "style") this.#style = undefined;
  }

  text(text: string): void {
    this.#style?.write(text);
  }

  /** The first one counts. */
  #setBase(href: string | undefined): void {
    if (href === undefined || this.#hasBase) return;
    this.#hasBase = true;
    this.#links.setBase(href);
  }

  #refresh(content: string): void {
    const url = refreshUrl(content);
    if (url !== undefined) this.#links.add(url, "meta refresh");
  }
}

/** Of `5; url='http://a/'`. */
export function refreshUrl(content: string): string | undefined {
  const url = /^\s{0,20}[\d.]{0,20}\s{0,20}[;,]?\s{0,20}url\s{0,20}=\s{0,20}(?:"([^"]*)|'([^']*)|(\S+))/i.exec(content);
  return url?.[1] ?? url?.[2] ?? url?.[3];
}

/** Of `a.png 1x, b.png 2x`: a comma ends a candidate only behind a blank, or where the URL ends with it (HTML Standard, 4.8.4.2.1). */
export function urlsOfSrcset(srcset: string): readonly string[] {
  const urls: string[] = [];
  const candidate = /[\s,]*(\S+)/y;
  for (let found = candidate.exec(srcset); found; found = candidate.exec(srcset)) {
    const written = found[1] ?? "";
    const url = written.replace(/,{1,8}$/, "");
    if (url !== "") urls.push(url);
    if (written !== url) continue;
    const comma = endOfDescriptors(srcset, candidate.lastIndex);
    if (comma < 0) break;
    candidate.lastIndex = comma;
  }
  return urls;
}

/** A comma in parentheses ends nothing. */
function endOfDescriptors(srcset: string, from: number): number {
  let depth = 0;
  for (let at = from; at < srcset.length; at++) {
    const char = srcset[at];
    if (char === "(") depth++;
    else if (char === ")") depth--;
    else if (char === "," && depth <= 0) return at;
  }
  return -1;
}
