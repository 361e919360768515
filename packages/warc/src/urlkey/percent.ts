/**
 * Percent-encoding over text whose every character is one byte (0 to 255), so that bytes which are no UTF-8 live through it, as they must:
 * `%E4%EE` in a URL of 2003 is Windows-1251, and no decoder may guess.
 */

/** The bytes of a URL, a character each. Text is taken as UTF-8, and tab, CR and LF go, as do blanks at the ends (URL Standard 4.4). */
export function byteText(url: string | Uint8Array): string {
  const text =
    typeof url === "string" && !/[^\x00-\x7f]/.test(url) ? url : spell(typeof url === "string" ? new TextEncoder().encode(url) : url);
  return trimBlanks(/[\t\r\n]/.test(text) ? text.replace(/[\t\r\n]+/g, "") : text);
}

/**
 * Decodes until nothing is left to decode (`%2541` is `A`), but for what would become one of `keep`, which stays encoded in capitals.
 * One pass from left to right, so that `%252525…` costs no more than its length.
 */
export function decodeFully(text: string, keep: string): string {
  if (!text.includes("%")) return text;
  const out: number[] = [];
  for (let index = 0; index < text.length; index++) {
    out.push(text.charCodeAt(index));
    reduce(out, keep);
  }
  return spell(out);
}

/** Encodes blanks, controls, `#`, bytes from 0x7F, and each `%` that starts no code; `more` are characters to encode besides. */
export function encode(text: string, more: string): string {
  if (!/[\x00-\x20#%\x7f-\xff]/.test(text) && !hasAny(text, more)) return text;
  let out = "";
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const char = text.charAt(index);
    if (code === 0x25 && isCode(text, index)) {
      out += text.slice(index, index + 3).toUpperCase();
      index += 2;
      continue;
    }
    const isPlain = code > 0x20 && code < 0x7f && code !== 0x23 && code !== 0x25 && !more.includes(char);
    out += isPlain ? char : `%${hexOf(code)}`;
  }
  return out;
}

export function hexOf(code: number): string {
  return code.toString(16).toUpperCase().padStart(2, "0");
}

/** The bytes as text of as many characters. In pieces: a call takes only so many arguments. */
export function spell(bytes: ArrayLike<number>): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += 4096) {
    const to = Math.min(from + 4096, bytes.length);
    const piece: number[] = [];
    for (let index = from; index < to; index++) piece.push(bytes[index] ?? 0);
    text += String.fromCharCode(...piece);
  }
  return text;
}

function reduce(out: number[], keep: string): void {
  while (out.length >= 3 && out[out.length - 3] === 0x25) {
    const high = hexValue(out[out.length - 2]);
    const low = hexValue(out[out.length - 1]);
    if (high === undefined || low === undefined) return;
    const code = high * 16 + low;
    if (keep.includes(String.fromCharCode(code))) {
      const spelled = hexOf(code);
      out.splice(-2, 2, spelled.charCodeAt(0), spelled.charCodeAt(1));
      return;
    }
    out.splice(-3, 3, code);
  }
}

function hexValue(code: number | undefined): number | undefined {
  if (code === undefined) return undefined;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}

function isCode(text: string, percent: number): boolean {
  return hexValue(text.charCodeAt(percent + 1)) !== undefined && hexValue(text.charCodeAt(percent + 2)) !== undefined;
}

function hasAny(text: string, chars: string): boolean {
  for (let index = 0; index < chars.length; index++) if (text.includes(chars.charAt(index))) return true;
  return false;
}

function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= 0x20) from++;
  while (to > from && text.charCodeAt(to - 1) <= 0x20) to--;
  return text.slice(from, to);
}
