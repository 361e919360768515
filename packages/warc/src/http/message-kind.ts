import type { HttpHead } from "./parse-http-head.ts";

/** What of a record tells whether its block is an HTTP message. An `ArchiveRecord` has it. */
export interface BlockDescription {
  readonly type: string | undefined;
  readonly contentType: string | undefined;
  readonly targetUri: string | undefined;
}

/**
 * Which kind of HTTP message the block of a record is (ISO 28500:2017 6.3, 6.5: `application/http;msgtype=response`), undefined where it
 * is none. The record's type goes before a `msgtype` that says otherwise. A revisit holds a response; records of ARC files have no media
 * type of their block, and are responses where their URL is one of HTTP, as are requests and responses that leave it out.
 */
export function messageKind(record: BlockDescription): HttpHead["kind"] | undefined {
  const { type, contentType } = record;
  if (type === "arc") return hasHttpUrl(record) ? "response" : undefined;
  const byType = type === "request" || type === "response" ? type : undefined;
  if (contentType === undefined) return hasHttpUrl(record) ? byType : undefined;
  if (!/^\s*application\/http\s*(;|$)/i.test(contentType)) return undefined;
  return byType ?? (/;\s*msgtype\s*=\s*"?request\b/i.test(contentType) ? "request" : "response");
}

function hasHttpUrl({ targetUri }: BlockDescription): boolean {
  return /^<?https?:/i.test(targetUri ?? "");
}
