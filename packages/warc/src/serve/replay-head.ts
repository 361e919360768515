import type { Indexed } from "../cdx/indexed.ts";
import { rewriteLink } from "./archived-url.ts";
import { isHtml, mimeOf } from "./capture.ts";
import { httpDate, mementoLinks } from "./memento.ts";
import type { OpenCapture } from "./open-capture.ts";

export type Header = readonly [name: string, value: string];

/** What of an archived head is passed on; all else, cookies and what is between two hops above all, was meant for another server's visitor. */
const passedOn = ["Content-Language", "Content-Disposition", "Content-Range", "Retry-After"] as const;

/** How the body is rewritten on its way. */
export type Rewriting = "html" | "css" | "none";

export interface ReplayHead {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly rewriting: Rewriting;
}

/** The head with which a capture is replayed; `origin` is that of the server, as the browser names it. */
export function replayHead(
  capture: Indexed,
  opened: OpenCapture,
  { origin, isRaw }: { readonly origin: string; readonly isRaw: boolean },
): ReplayHead {
  const { head, contentType } = opened;
  const { url = "", timestamp } = capture;
  const fields = head?.fields;
  const location = fields?.get("Location");
  const status = replayedStatus(head?.kind === "response" ? head.status : 200);
  const kept = passedOn.flatMap((name): Header[] => {
    const value = fields?.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  const headers: Header[] = [
    ["Content-Type", contentType ?? "application/octet-stream"],
    ...kept,
    ...(isRaw ? rawHeaders(opened) : []),
    ...(location === undefined
      ? []
      : [["Location", rewriteLink(byteText(location), { timestamp, url }) ?? replayedAt(url, timestamp)] as const]),
    ["Memento-Datetime", httpDate(timestamp)],
    ["Link", mementoLinks(url, timestamp)],
    ["Content-Security-Policy", contentPolicy(origin)],
    ["X-DNS-Prefetch-Control", "off"],
    ["Cache-Control", "no-store"],
  ];
  return {
    status,
    headers: headers.map(([name, value]) => [name, headerText(value)]),
    rewriting: isRaw ? "none" : rewritingOf(contentType),
  };
}

/**
 * Archived pages run no scripts and have no origin, so that they can neither reach the network nor one another, and load nothing but from the
 * archive.
 */
export function contentPolicy(origin: string): string {
  return `sandbox allow-forms; default-src ${origin}/web/ data:; style-src ${origin}/web/ data: 'unsafe-inline'; script-src 'none'; form-action ${origin}/web/; base-uri 'none'`;
}

/** An entity that is still coded says so. */
function rawHeaders({ head }: OpenCapture): Header[] {
  const coding = head?.fields.get("Content-Encoding");
  return coding === undefined ? [] : [["Content-Encoding", coding]];
}

function rewritingOf(contentType: string | undefined): Rewriting {
  // Where every character takes two bytes, none of the markup would be found.
  if (/charset\s{0,9}=\s{0,9}["']?utf-?(16|32)/i.test(contentType ?? "")) return "none";
  const mime = mimeOf(contentType);
  return isHtml(mime) ? "html" : mime === "text/css" ? "css" : "none";
}

/** What a browser would wait for more after, or would not understand, becomes 200. */
function replayedStatus(status: number | undefined): number {
  return status !== undefined && status >= 200 && status <= 599 && status !== 304 ? status : 200;
}

function replayedAt(url: string, timestamp: string): string {
  return `/web/${timestamp}/${url}`;
}

function byteText(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text.slice(0, 8192)));
}

/** An archived value may have what no header of today may. */
function headerText(value: string): string {
  return value.replace(/[^\t\x20-\x7e\xa0-\xff]/g, "?");
}
