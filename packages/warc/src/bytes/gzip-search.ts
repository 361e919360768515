import { gzipHeaderLength, gzipHeaderSize } from "./gzip-header.ts";
import type { Platform } from "./platform.ts";
import type { StoredBytes } from "./stored-bytes.ts";

const window = 1 << 17;
/** Enough of a member to see that a record begins in it, and so little that a file full of false headers costs no more than its size. */
const probe = 512;
const text = new TextDecoder("latin1");
const mostProbed = 1 << 20;

/**
 * Drops bytes up to the next gzip member whose first bytes look like a record, or all there are. Three bytes of magic occur by chance,
 * in a large file even often: what is taken for a member must unpack to the start of one.
 */
export async function findGzipRecord(stored: StoredBytes, platform: Platform): Promise<{ readonly isPadding: boolean }> {
  let isPadding = true;
  let at = 1;
  for (;;) {
    await stored.fill(window);
    const found = stored.bytes.indexOf(0x1f, at);
    const end = found < 0 ? stored.bytes.length : found;
    isPadding &&= stored.bytes.subarray(0, end).every((byte) => byte === 0);
    stored.drop(end);
    if (found < 0 && stored.ended) return { isPadding };
    await stored.fill(window);
    if (found >= 0 && startsRecord(stored.bytes, platform)) return { isPadding };
    at = found < 0 ? 0 : 1;
  }
}

function startsRecord(bytes: Uint8Array, platform: Platform): boolean {
  const header = bytes.length < gzipHeaderSize ? undefined : gzipHeaderLength(bytes);
  if (typeof header !== "number") return false;
  const start = platform.inflate(bytes.subarray(header, header + probe), mostProbed);
  if (start === undefined || start === "damaged") return false;
  return /^(WARC\/\d|[a-z][a-z0-9+.-]*:\S* \S+ )/i.test(text.decode(start.plain.subarray(0, 4096)));
}
