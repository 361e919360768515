import { firstBytes } from "../bytes/first-bytes.ts";

/** Bytes of a page that are looked at for its title. */
const mostLooked = 1 << 16;
/** Characters of a title that are kept. */
const longestTitle = 1000;

/**
 * The title of an HTML page, from its first 64 KiB, with its white space in order; undefined where there is none. `contentType` is the value of
 * the field, whose charset goes before that of the page.
 */
export async function readTitle(body: AsyncIterable<Uint8Array>, contentType: string): Promise<string | undefined> {
  const bytes = await firstBytes(body, mostLooked);
  const text = decode(bytes, contentType);
  const raw = /<title\b[^>]{0,1000}>([^<]*)/i.exec(text)?.[1];
  const title = raw && resolveReferences(raw).replace(/\s+/g, " ").trim().slice(0, longestTitle);
  return title || undefined;
}

function decode(bytes: Uint8Array, contentType: string): string {
  const latin1 = new TextDecoder("latin1");
  const said = charsetIn(contentType) ?? charsetIn(latin1.decode(bytes.subarray(0, 1024)));
  try {
    return new TextDecoder(said ?? "utf-8").decode(bytes);
  } catch (error) {
    // Pages name character sets that there are none of.
    if (error instanceof RangeError) return latin1.decode(bytes);
    throw error;
  }
}

function charsetIn(text: string): string | undefined {
  return /charset\s*=\s*["']?([\w:.-]+)/i.exec(text)?.[1];
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** The references that titles have in practice: numbers, and the names that XML knows. */
function resolveReferences(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
