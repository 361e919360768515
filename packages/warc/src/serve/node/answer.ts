import type { ServerResponse } from "node:http";
import { viewFailure } from "../page-view.ts";

/** Of answers that are not archived: they need nothing but their style. */
export const ownHeaders = {
  "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
} as const;

/** Answers with a page that says why there is nothing else. */
export function fail(response: ServerResponse, status: number, title: string, explanation: string): void {
  send(response, status, "text/html; charset=utf-8", viewFailure(title, explanation));
}

/** Answers with a whole body. */
export function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...ownHeaders, "Content-Type": contentType, "Content-Length": bytes.length });
  response.end(response.req.method === "HEAD" ? undefined : bytes);
}
