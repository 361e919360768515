/**
 * Whether two names of fields are one: upper and lower case do not matter. Compared from their ends, since most names that are not the same
 * begin alike.
 */
export function isSameName(one: string, other: string): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let at = one.length - 1; at >= 0; at--) {
    const code = one.charCodeAt(at);
    const otherCode = other.charCodeAt(at);
    if (code === otherCode) continue;
    // Beyond ASCII case is more than a bit.
    if (code > 0x7f || otherCode > 0x7f) return one.toLowerCase() === other.toLowerCase();
    const letter = code | 0x20;
    if (letter !== (otherCode | 0x20) || letter < 0x61 || letter > 0x7a) return false;
  }
  return true;
}
