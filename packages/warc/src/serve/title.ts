import { GrowingBytes } from "../http/growing-bytes.ts";
import { unescapeHtml } from "./rewrite-tag.ts";

/** Bytes of a page in which its title is looked for. */
const mostRead = 1 << 16;
const longestTitle = 300;

/** The title of an HTML page, on one line; undefined where it has none at its start. Reads no more of it than that. */
export async function readTitle(body: AsyncIterable<Uint8Array>, contentType: string | undefined): Promise<string | undefined> {
  const start = new GrowingBytes();
  for await (const piece of body) {
    start.add(piece.subarray(0, mostRead - start.length));
    if (start.length >= mostRead) break;
  }
  const text = decodePage(start.bytes, contentType);
  const open = /<title(?:\s[^<>]{0,999})?>/i.exec(text);
  if (!open) return undefined;
  const from = open.index + open[0].length;
  const [title = ""] = text.slice(from, from + 4 * longestTitle).split(/<\/title/i, 1);
  const line = unescapeHtml(title).replace(/\s+/g, " ").trim();
  return line === "" ? undefined : line.slice(0, longestTitle);
}

/** By the encoding that the head names, or the page's own first lines, else UTF-8. */
function decodePage(bytes: Uint8Array, contentType: string | undefined): string {
  const start = String.fromCharCode(...bytes.subarray(0, 1024));
  const label = charsetIn(contentType ?? "") ?? charsetIn(start) ?? "utf-8";
  try {
    return new TextDecoder(label).decode(bytes);
  } catch (error) {
    // The page names an encoding that nobody knows.
    if (error instanceof RangeError) return new TextDecoder("utf-8").decode(bytes);
    throw error;
  }
}

function charsetIn(text: string): string | undefined {
  return /charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})/i.exec(text)?.[1];
}
