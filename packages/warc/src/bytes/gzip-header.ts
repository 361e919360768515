/** Bytes of a member's header without any of the optional fields, RFC 1952 2.3. */
export const gzipHeaderSize = 10;

const flags = { crc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 };

/** How long the header of a gzip member at the start of `bytes` is (RFC 1952 2.3); `cut` where it does not end within them. */
export function gzipHeaderLength(bytes: Uint8Array): number | "cut" | undefined {
  if (!mayBeGzip(bytes)) return undefined;
  if (bytes.length < gzipHeaderSize) return "cut";
  const set = bytes[3] ?? 0;
  let length = gzipHeaderSize;
  if (set & flags.extra) length += 2 + (bytes[length] ?? 0) + (bytes[length + 1] ?? 0) * 256;
  for (const text of [flags.name, flags.comment]) {
    if (!(set & text)) continue;
    const end = length > bytes.length ? -1 : bytes.indexOf(0, length);
    if (end < 0) return "cut";
    length = end + 1;
  }
  if (set & flags.crc) length += 2;
  return length > bytes.length ? "cut" : length;
}

/** Whether the bytes that are there fit a gzip member that uses deflate, and no flag that is not defined. */
function mayBeGzip(bytes: Uint8Array): boolean {
  const fits = (at: number, value: number) => at >= bytes.length || bytes[at] === value;
  return bytes.length > 0 && fits(0, 0x1f) && fits(1, 0x8b) && fits(2, 8) && ((bytes[3] ?? 0) & flags.reserved) === 0;
}
