import { formatField, type NamedValue } from "./head.ts";

/**
 * A block of `application/warc-fields` (ISO 28500:2017 6.2, 6.6, 8): as warcinfo and metadata records have it, `software: …`, `hopsFromSeed: …`.
 * Throws as `formatHead`.
 */
export function warcFields(fields: Iterable<NamedValue>): Uint8Array {
  return new TextEncoder().encode(Array.from(fields, formatField).join(""));
}
