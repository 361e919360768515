import { type LinkBase, rewriteLink } from "./archived-url.ts";
import type { Attribute, Tag } from "./html-tag.ts";
import { CssRewriter } from "./rewrite-css.ts";

/** Attributes that are a URL, in whichever element. */
const links: ReadonlySet<string> = new Set([
  "href",
  "src",
  "action",
  "formaction",
  "poster",
  "background",
  "cite",
  "longdesc",
  "data",
  "xlink:href",
]);
const linkLists: ReadonlySet<string> = new Set(["srcset", "imagesrcset"]);
/** The hash of a resource that is rewritten does not fit any more, and a `<base>` has been put into every link. */
const dropped = (tag: Tag, name: string) => name === "integrity" || (tag.name === "base" && name === "href");

/** The tag from `at` on, with links that lead into the archive. */
export function rewriteTag(text: string, at: number, tag: Tag, base: LinkBase): string {
  const pragma = tag.name === "meta" ? valueOf(text, tag, "http-equiv")?.trim().toLowerCase() : undefined;
  const out: string[] = [];
  let done = at;
  for (const attribute of tag.attributes) {
    const value = unescapeHtml(text.slice(attribute.start, attribute.end), utf8Of);
    const rewritten = dropped(tag, attribute.name) ? "" : rewriteValue(attribute, value, pragma, base);
    if (rewritten === undefined) continue;
    const name = dropped(tag, attribute.name)
      ? `data-archived-${attribute.name}`
      : text.slice(attribute.at, attribute.at + attribute.name.length);
    out.push(text.slice(done, attribute.at), `${name}="${escapeHtml(rewritten)}"`);
    done = attribute.after;
  }
  out.push(text.slice(done, tag.end));
  return out.join("");
}

/** What the links of the page are relative to, by a `<base>`. */
export function baseOf(text: string, tag: Tag, base: LinkBase): string | undefined {
  const href = valueOf(text, tag, "href");
  return href === undefined ? undefined : URL.parse(href.trim(), base.url)?.href;
}

function rewriteValue({ name }: Attribute, value: string, pragma: string | undefined, base: LinkBase): string | undefined {
  if (links.has(name)) return rewriteLink(value, base);
  if (linkLists.has(name)) return rewriteList(value, base);
  if (name === "style") return rewriteStyle(value, base);
  if (name !== "content" || pragma === undefined) return undefined;
  // What the page's own policy allows are the places that its links led to.
  if (pragma === "content-security-policy") return "";
  return pragma === "refresh" ? rewriteRefresh(value, base) : undefined;
}

function rewriteStyle(value: string, base: LinkBase): string | undefined {
  const css = new CssRewriter(base);
  const rewritten = css.write(value) + css.end();
  return rewritten === value ? undefined : rewritten;
}

/** `a.png 1x, b.png 2x`: a URL ends with white space, for it may have commas (HTML 4.8.4.2.2). */
function rewriteList(value: string, base: LinkBase): string {
  return value.replace(/([^\s,]\S*)([^,]*)/g, (whole, url: string, rest: string) => {
    // Without a description the comma that ends the URL is the list's.
    const bare = url.replace(/,{1,8}$/, "");
    const to = rewriteLink(bare, base);
    return to === undefined ? whole : `${to}${url.slice(bare.length)}${rest}`;
  });
}

function rewriteRefresh(value: string, base: LinkBase): string | undefined {
  const [before, quote = ""] = /^\s{0,99}[\d.]{0,20}\s{0,99}[;,]?\s{0,99}url\s{0,99}=\s{0,99}(["']?)/i.exec(value) ?? [];
  if (before === undefined) return undefined;
  const rest = value.slice(before.length);
  const end = quote === "" ? -1 : rest.indexOf(quote);
  const to = rewriteLink(end < 0 ? rest : rest.slice(0, end), base);
  return to === undefined ? undefined : `${before.slice(0, before.length - quote.length)}${to}`;
}

function valueOf(text: string, tag: Tag, name: string): string | undefined {
  const found = tag.attributes.find((attribute) => attribute.name === name);
  return found && unescapeHtml(text.slice(found.start, found.end), utf8Of);
}

const entities: Readonly<Record<string, number>> = {
  amp: 0x26,
  lt: 0x3c,
  gt: 0x3e,
  quot: 0x22,
  apos: 0x27,
  nbsp: 0xa0,
  laquo: 0xab,
  raquo: 0xbb,
  ndash: 0x2013,
  mdash: 0x2014,
  hellip: 0x2026,
};

/** Text with its character references resolved: those by number, and the few names that URLs and titles have. */
export function unescapeHtml(text: string, spell: (code: number) => string = String.fromCodePoint): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    const named = name !== undefined && Object.hasOwn(entities, name) ? entities[name] : undefined;
    const code = named ?? (hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
    return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? spell(code) : whole;
  });
}

/** The bytes of UTF-8, a character each. */
function utf8Of(code: number): string {
  return code < 0x80 ? String.fromCharCode(code) : String.fromCharCode(...new TextEncoder().encode(String.fromCodePoint(code)));
}

/** Text as the value of an attribute or the content of an element. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
