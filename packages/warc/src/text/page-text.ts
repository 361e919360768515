import type { Payload } from "../http/payload.ts";
import { decodeText } from "./decode-text.ts";
import { VisibleText } from "./visible-text.ts";

/** The text of a page. */
export interface PageText {
  /** By which it was decoded: `utf-8`. */
  readonly charset: string;
  /** Of the first `<title>`, as far as the lines have been read; empty where there is none. */
  readonly title: string;
  /** To be read once. */
  readonly lines: AsyncIterable<string>;
}

/** Reads the text of HTML, XHTML and plain text; undefined where the payload is nothing of that. Holds a line and a piece of the body. */
export async function openPageText({ mime, contentType, body }: Payload): Promise<PageText | undefined> {
  if (mime !== "text/html" && mime !== "application/xhtml+xml" && mime !== "text/plain") return undefined;
  const { charset, pieces } = await decodeText(body, contentType);
  if (mime === "text/plain") return { charset, title: "", lines: splitLines(pieces) };
  const text = new VisibleText();
  return {
    charset,
    get title() {
      return text.title;
    },
    lines: visibleLines(pieces, text),
  };
}

async function* visibleLines(pieces: AsyncIterable<string>, text: VisibleText): AsyncGenerator<string> {
  for await (const piece of pieces) {
    text.write(piece);
    yield* text.takeLines();
  }
  text.end();
  yield* text.takeLines();
}

async function* splitLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let held = "";
  for await (const piece of pieces) {
    const lines = (held + piece).split(/\r?\n/);
    held = lines.pop() ?? "";
    yield* lines;
    if (held.length <= longestLine) continue;
    yield held;
    held = "";
  }
  if (held !== "") yield held;
}

/** Characters after which a line ends wherever it is. */
const longestLine = 1 << 16;
