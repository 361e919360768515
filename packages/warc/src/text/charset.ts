/** Bytes in which a page has to name its encoding, as browsers have it (HTML Standard, 13.2.3.2). */
export const enoughToTell = 1024;

/**
 * The encoding of a text by its first bytes: of its byte order mark, of the HTTP header, of a `<meta>` or an XML declaration, in this order;
 * where none names one that is known, UTF-8 where those bytes are that, else windows-1252, as browsers do.
 */
export function charsetOf(start: Uint8Array, contentType: string | undefined): string {
  const declared = [byteOrderMark(start), parameterOf(contentType), declaredIn(start.subarray(0, enoughToTell))];
  for (const label of declared) {
    const known = label !== undefined && knownAs(label);
    if (known) return known;
  }
  return isUtf8(start) ? "utf-8" : "windows-1252";
}

function byteOrderMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return first === 0xff && second === 0xfe ? "utf-16le" : undefined;
}

function parameterOf(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType ?? "")?.[1];
}

function declaredIn(start: Uint8Array): string | undefined {
  const text = new TextDecoder("latin1").decode(start);
  const declared =
    /^\s*<\?xml\b[^>]*\sencoding\s*=\s*["']([^"']+)["']/i.exec(text) ?? /<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([^\s"'/>;]+)/i.exec(text);
  // Whoever could read this far in one byte a character did not write UTF-16.
  return declared?.[1]?.replace(/^utf-?16.*$/i, "utf-8");
}

/** The name by which a decoder knows an encoding; undefined where it knows none of that label. */
function knownAs(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function isUtf8(start: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(start, { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
