import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { lookUp } from "../../cdx/look-up.ts";
import { replayPath } from "../archived-url.ts";
import { findCapture } from "../find-capture.ts";
import { linkTarget, mementoLinks, timemap, timestampOfHttpDate } from "../memento.ts";
import { listPages } from "../page-list.ts";
import { style, viewPages } from "../page-view.ts";
import { fail, ownHeaders, send } from "./answer.ts";
import { isOwnHost } from "./own-host.ts";
import { replay } from "./replay.ts";
import { buildReplayIndex, type Progress, type ReplayIndex } from "./replay-index.ts";

export interface ServeOptions {
  readonly files: readonly string[];
  /** For its index; the caller's to remove once the server has ended. */
  readonly folder: string;
  /** The address to listen at: `127.0.0.1` reaches nobody but this machine. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly progress?: Progress;
}

/** A replay server; leaving the block that it is `await using`d in ends it. */
export interface ReplayServer extends AsyncDisposable {
  /** Of the list of pages: `http://127.0.0.1:8080/`. */
  readonly url: string;
  readonly index: Pick<ReplayIndex, "counts">;
}

interface Serving {
  readonly index: ReplayIndex;
  readonly files: readonly string[];
  readonly host: string;
}

/** Indexes the archives and serves what is in them. Throws what the system says: a file is not there, a port is taken. */
export async function startReplay({ files, folder, host, port, progress = () => undefined }: ServeOptions): Promise<ReplayServer> {
  await using undo = new AsyncDisposableStack();
  const index = undo.use(await buildReplayIndex(files, folder, progress));
  const serving: Serving = { index, files, host };
  const server = createServer((request, response) => void answer(serving, request, response));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  undo.defer(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  const held = undo.move();
  const { port: taken, address, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${taken}/`,
    index,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function answer(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // An archive that ends early must not leave the visitor waiting for the rest.
  response.strictContentLength = true;
  try {
    await route(serving, request, response);
  } catch (error) {
    // The visitor has gone, or the archive has ended before the length that it gave: all that is left to do is to end as abruptly.
    if (response.headersSent) response.destroy();
    else fail(response, 500, "Cannot read the archive", error instanceof Error ? error.message : String(error));
  }
}

async function route(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { index } = serving;
  if (!isOwnHost(request.headers.host, serving.host)) {
    // Else any site could have its name lead here, and read the archive by it.
    fail(response, 421, "Another server is meant", "This server answers to its address and to localhost only.");
    return;
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    fail(response, 405, "An archive is only read", "There are no forms to be sent to it.");
    return;
  }
  const path = request.url ?? "/";
  if (path === "/style.css") send(response, 200, "text/css; charset=utf-8", style);
  else if (/^\/(\?|$)/.test(path)) await answerPages(serving, path, response);
  else if (path.startsWith("/web/timemap/link/")) await answerTimemap(index, urlIn(path.slice(18)), response);
  else if (path.startsWith("/web/")) await answerReplay(serving, path.slice(5), request, response);
  else fail(response, 404, "There is nothing here", "Archived pages are below /web/.");
}

async function answerPages({ index, files }: Serving, path: string, response: ServerResponse): Promise<void> {
  const query = new URLSearchParams(path.slice(2));
  const [url, from] = [query.get("url")?.trim() ?? "", query.get("from") ?? ""];
  const list = await listPages(index.pages, url, from);
  send(response, 200, "text/html; charset=utf-8", viewPages({ files, ...index.counts }, list, { url, from }));
}

async function answerTimemap(index: ReplayIndex, url: string, response: ServerResponse): Promise<void> {
  response.writeHead(200, { ...ownHeaders, "Content-Type": "application/link-format" });
  await pipeline(Readable.from(timemap(url, lookUp(index.captures, url))), response);
}

async function answerReplay(serving: Serving, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, timestamp, raw, rest = path] = /^(\d{4,14})(id_)?\/(.*)$/s.exec(path) ?? [];
  const url = urlIn(rest);
  const accepted = request.headers["accept-datetime"];
  const wanted = timestamp ?? timestampOfHttpDate(Array.isArray(accepted) ? accepted[0] : accepted) ?? "9999";
  const capture = await findCapture(serving.index.captures, url, wanted);
  if (!capture) fail(response, 404, "Not in the archive", `There is no capture of ${url}`);
  else if (timestamp !== undefined) await replay(serving.index, capture, { request, response, isRaw: raw !== undefined });
  else {
    // A timegate (RFC 7089 4.1).
    const location = linkTarget(replayPath(capture.timestamp, capture.url ?? url));
    response.writeHead(302, { ...ownHeaders, Location: location, Vary: "Accept-Datetime", Link: mementoLinks(url, capture.timestamp) });
    response.end();
  }
}

/** The archived URL in a path. Without a scheme it is one of HTTP, and some clients make one of two slashes. */
function urlIn(path: string): string {
  return path.replace(/^(https?):\/{0,2}/i, "$1://").replace(/^(?!https?:)/i, "http://");
}
