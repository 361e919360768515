/** The longest head that is looked for, in bytes. Servers and browsers stop at 8 to 256 KiB. */
export const longestHead = 1 << 20;

const lf = 0x0a;
const cr = 0x0d;

/** Where the head that begins a message ends: the offset behind its blank line, undefined where `bytes` has none. */
export function findHeadEnd(bytes: Uint8Array): number | undefined {
  // Behind the empty lines before the start line, which end nothing.
  let at = bytes.indexOf(lf, startOfMessage(bytes));
  while (at >= 0) {
    const next = bytes[at + 1];
    if (next === lf) return at + 2;
    if (next === cr && bytes[at + 2] === lf) return at + 3;
    at = bytes.indexOf(lf, at + 1);
  }
  return undefined;
}

/** Where the start line begins: a client may have sent line ends before it (RFC 9112 2.2). */
export function startOfMessage(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length && (bytes[at] === cr || bytes[at] === lf)) at++;
  return at;
}
