import type { HttpFields } from "../http/http-fields.ts";
import type { Payload } from "../http/payload.ts";
import { decodeText } from "../text/decode-text.ts";
import { CssLinks } from "./css-links.ts";
import { HtmlLinks, refreshUrl } from "./html-links.ts";
import { type Link, Links, longestLink } from "./link.ts";
import { XmlLinks } from "./xml-links.ts";

/**
 * The links of what was fetched from `url`: those of the HTTP header (Location, Content-Location, Link, Refresh), and of a page, a style sheet,
 * a sitemap, a feed or a robots.txt. As they are found; one that stands there twice is given twice. Holds a piece of the body.
 */
export async function* readLinks(payload: Payload, url: string): AsyncGenerator<Link> {
  const links = new Links(url);
  if (payload.head) addHeaderLinks(payload.head.fields, links);
  yield* links.take();
  const finder = finderOf(payload.mime, url, links);
  if (!finder) return;
  const { pieces } = await decodeText(payload.body, payload.contentType);
  for await (const piece of pieces) {
    finder.write(piece);
    yield* links.take();
  }
  finder.end?.();
  yield* links.take();
}

interface Finder {
  write(piece: string): void;
  end?(): void;
}

function finderOf(mime: string | undefined, url: string, links: Links): Finder | undefined {
  if (mime === "text/html" || mime === "application/xhtml+xml") return new HtmlLinks(links);
  if (mime === "text/css") return new CssLinks(links, "css");
  if (mime === "text/xml" || mime === "application/xml" || /^(application|image)\/[a-z]+\+xml$/.test(mime ?? ""))
    return new XmlLinks(links);
  return /^[a-z]+:\/\/[^/]*\/robots\.txt$/i.test(url) ? new RobotsLinks(links) : undefined;
}

/** RFC 8288 3: `<a>; rel=next, <b>`. */
const linkValue = /<([^<>]{1,8192})>([^<,]{0,1024})/g;

function addHeaderLinks(fields: HttpFields, links: Links): void {
  for (const { name, value } of fields) {
    const header = linkHeaders.find((known) => known.toLowerCase() === name.toLowerCase());
    if (header === "Link") for (const [, url = "", parameters = ""] of value.matchAll(linkValue)) links.add(url, linkName(parameters));
    else if (header !== undefined) links.add(header === "Refresh" ? (refreshUrl(value) ?? "") : value, header);
  }
}

const linkHeaders = ["Location", "Content-Location", "Refresh", "Link"] as const;

function linkName(parameters: string): string {
  const rel = /;\s{0,20}rel\s{0,20}=\s{0,20}"?([^";]{1,100})/i.exec(parameters)?.[1]?.trim();
  return rel === undefined ? "Link" : `Link: rel=${rel}`;
}

/** The sitemaps that a robots.txt names. */
class RobotsLinks implements Finder {
  readonly #links: Links;
  #held = "";

  constructor(links: Links) {
    this.#links = links;
  }

  write(piece: string): void {
    const lines = (this.#held + piece).split(/\r\n?|\n/);
    this.#held = (lines.pop() ?? "").slice(0, 2 * longestLink);
    for (const line of lines) this.#add(line);
  }

  end(): void {
    this.#add(this.#held);
  }

  #add(line: string): void {
    const url = /^\s{0,20}sitemap\s{0,20}:\s{0,20}(\S+)/i.exec(line)?.[1];
    if (url !== undefined) this.#links.add(url, "Sitemap");
  }
}
