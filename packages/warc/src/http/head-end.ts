/** The longest head that is looked for, in bytes. Servers and browsers stop at 8 to 256 KiB. */
export const longestHead = 1 << 20;

const lf = 0x0a;
const cr = 0x0d;
const tab = 0x09;

export interface ScannedHead {
  /** The offset behind the blank line that ends the head, undefined where there is none. */
  readonly end: number | undefined;
  /** Where the first control character is, but for tabs and line ends. */
  readonly controlAt: number | undefined;
}

/**
 * Looks at every byte of a head once, from `start` on and before `limit`: to search for the two apart took longer than to parse the fields.
 * `start` is behind the empty lines before the first one, which end nothing.
 */
export function scanHead(bytes: Uint8Array, start: number, limit = bytes.length): ScannedHead {
  let controlAt: number | undefined;
  const to = Math.min(limit, bytes.length);
  for (let at = start; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x20 && byte !== 0x7f) continue;
    const next = bytes[at + 1];
    if (byte === lf) {
      if (next === lf) return { end: at + 2, controlAt };
      if (next === cr && bytes[at + 2] === lf) return { end: at + 3, controlAt };
    } else if (byte === cr ? next !== lf && next !== undefined : byte !== tab) controlAt ??= at;
  }
  return { end: undefined, controlAt };
}

/** Where the start line begins: a client may have sent line ends before it (RFC 9112 2.2). */
export function startOfMessage(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length && (bytes[at] === cr || bytes[at] === lf)) at++;
  return at;
}
