import type { HttpHead } from "./parse-http-head.ts";

/** What of a record tells whether its block is an HTTP message. An `ArchiveRecord` has it. */
export interface BlockDescription {
  readonly type: string | undefined;
  readonly contentType: string | undefined;
  readonly targetUri: string | undefined;
}

/**
 * Which kind of HTTP message the block of a record is (ISO 28500:2017 6.3, 6.4: `application/http;msgtype=response`), undefined where it
 * is none. The type of a revisit is that of the response it stands for; records of ARC files have none, and are responses where their URL
 * is one of HTTP. `application/http` may be left out of a response or request whose URL is.
 */
export function messageKind({ type, contentType, targetUri }: BlockDescription): HttpHead["kind"] | undefined {
  const isHttpUrl = /^https?:/i.test(targetUri ?? "");
  if (type === "arc") return isHttpUrl ? "response" : undefined;
  const byType = type === "request" ? "request" : "response";
  if (contentType === undefined) return isHttpUrl && (type === "request" || type === "response") ? byType : undefined;
  if (!/^\s*application\/http\s*(;|$)/i.test(contentType)) return undefined;
  const named = /;\s*msgtype\s*=\s*"?(request|response)\b/i.exec(contentType)?.[1]?.toLowerCase();
  return named === "request" || named === "response" ? named : byType;
}
