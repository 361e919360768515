import { type MarkupEvents, MarkupReader } from "../text/markup.ts";
import { type Links, longestLink } from "./link.ts";

/** Finds the links of a sitemap (`<loc>`, `xhtml:link`) or a feed (`<link>`, `<enclosure>`) while it is read. */
export class XmlLinks implements MarkupEvents {
  readonly #reader = new MarkupReader(this, { xml: true });
  readonly #links: Links;
  /** The element whose text is a link, and what there is of it. */
  #inside: { readonly tag: string; text: string } | undefined;

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
    for (const attribute of ["href", "src", "url", "xlink:href"]) this.#links.add(found.get(attribute) ?? "", `${tag}@${attribute}`);
    if (/^(?:[a-z]+:)?(?:loc|link|comments|content_loc|player_loc|thumbnail_loc)$/.test(tag)) this.#inside = { tag, text: "" };
  }

  close(tag: string): void {
    if (this.#inside?.tag !== tag) return;
    this.#links.add(this.#inside.text, tag);
    this.#inside = undefined;
  }

  text(text: string): void {
    if (this.#inside && this.#inside.text.length <= longestLink) this.#inside.text += text.slice(0, 2 * longestLink);
  }
}
