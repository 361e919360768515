import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Indexed } from "../../cdx/indexed.ts";
import type { LinkBase } from "../archived-url.ts";
import { parseRange, takeRange } from "../byte-range.ts";
import { detailsOf, findOriginal } from "../find-capture.ts";
import { type OpenCapture, openCapture } from "../open-capture.ts";
import { type Header, type Rewriting, replayHead } from "../replay-head.ts";
import { CssRewriter } from "../rewrite-css.ts";
import { HtmlRewriter } from "../rewrite-html.ts";
import { fail } from "./answer.ts";
import type { ReplayIndex } from "./replay-index.ts";

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Whether the body is to be given as it was archived. */
  readonly isRaw: boolean;
}

/** Answers with a capture; with the record that a revisit stands for, at the revisit's time. */
export async function replay(index: ReplayIndex, capture: Indexed, exchange: Exchange): Promise<void> {
  const { request, response, isRaw } = exchange;
  const original = detailsOf(capture).revisit === undefined ? capture : await findOriginal(index.captures, capture);
  if (!original) {
    fail(
      response,
      404,
      "The original is elsewhere",
      `What was captured of ${capture.url} is the same as before, and what it was before is in none of these archives.`,
    );
    return;
  }
  await using file = await index.openArchive(original.filename ?? "");
  await using opened = await openCapture(file, original);
  if (!opened) {
    fail(response, 404, "The record is gone", "The archive has changed since it was indexed: start the server again.");
    return;
  }
  const shown = { ...original, timestamp: capture.timestamp, ...(capture.url !== undefined && { url: capture.url }) };
  const { status, headers, rewriting } = replayHead(shown, opened, { origin: `http://${request.headers.host}`, isRaw });
  const all = [...headers, ...fontAccess(request)];
  const hasBody = request.method !== "HEAD" && status !== 204 && status !== 205;
  if (rewriting !== "none" || opened.size === undefined) {
    begin(response, status, all);
    if (hasBody)
      await pipeline(Readable.from(bodyOf(opened, rewriting, { timestamp: shown.timestamp, url: shown.url ?? "" }, isRaw)), response);
    else response.end();
    return;
  }
  await sendRange(opened, opened.size, { status, headers: all, hasBody }, exchange);
}

interface Head {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly hasBody: boolean;
}

/** A body whose length is known: media players ask for parts of it. */
async function sendRange(
  opened: OpenCapture,
  size: number,
  { status, headers, hasBody }: Head,
  { request, response }: Exchange,
): Promise<void> {
  const range = status === 200 ? parseRange(request.headers.range, size) : undefined;
  const ranges: Header[] = status === 200 ? [["Accept-Ranges", "bytes"]] : [];
  if (range === "unsatisfiable") {
    begin(response, 416, [...headers, ["Content-Range", `bytes */${size}`]]);
    response.end();
    return;
  }
  if (range) ranges.push(["Content-Range", `bytes ${range.first}-${range.last}/${size}`]);
  const length = range ? range.last - range.first + 1 : size;
  begin(response, range ? 206 : status, [...headers, ...ranges, ["Content-Length", String(length)]]);
  const body = opened.message.entity();
  if (hasBody) await pipeline(Readable.from(range ? takeRange(body, range) : body), response);
  else response.end();
}

function begin(response: ServerResponse, status: number, headers: readonly Header[]): void {
  response.writeHead(status, headers.flat());
}

/**
 * A sandboxed page has no origin, and fonts are given to it only if that is allowed. Pages of others have none either if they like: they are
 * known by the Referer, which they can leave out but not forge.
 */
function fontAccess({ headers }: IncomingMessage): readonly Header[] {
  const isOwn = headers.origin === "null" && headers.referer?.startsWith(`http://${headers.host}/`) === true;
  return [["Vary", "Origin, Referer"], ...(isOwn ? [["Access-Control-Allow-Origin", "null"] as const] : [])];
}

async function* bodyOf({ message }: OpenCapture, rewriting: Rewriting, base: LinkBase, isRaw: boolean): AsyncGenerator<Uint8Array> {
  if (isRaw) yield* message.entity();
  else if (rewriting === "none") yield* message.decoded();
  else {
    const rewriter = rewriting === "html" ? new HtmlRewriter(base) : new CssRewriter(base);
    for await (const piece of message.decoded()) {
      const ready = rewriter.write(Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString("latin1"));
      if (ready !== "") yield Buffer.from(ready, "latin1");
    }
    yield Buffer.from(rewriter.end(), "latin1");
  }
}
