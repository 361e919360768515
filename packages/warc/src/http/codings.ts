import type { HttpFields } from "./http-fields.ts";

/** Whether a head says that its body is in chunks (RFC 9112 6.1). */
export function isChunked(fields: HttpFields): boolean {
  return fields.tokens("Transfer-Encoding").includes("chunked");
}

/** Every coding of a body but that of chunks, in the order in which they were applied. */
export function codingsOf(fields: HttpFields): readonly string[] {
  const named = fields.tokens("Content-Encoding").concat(fields.tokens("Transfer-Encoding"));
  return named.filter((coding) => coding !== "chunked" && coding !== "identity");
}
