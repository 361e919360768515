/** Which archived moment links lead to, and what they are relative to. */
export interface LinkBase {
  /** Of the capture that the links stand in: `20170306040206`. */
  readonly timestamp: string;
  /** Of the document, or what its `<base>` says. */
  readonly url: string;
}

/** Where the server has a capture: `/web/20170306040206/http://example.com/`. */
export function replayPath(timestamp: string, url: string): string {
  return `/web/${timestamp}/${url}`;
}

/**
 * Where a link of an archived document leads in the archive. `link` has a character for each byte, as the document does, and so has what is
 * returned. Undefined where it is to stay as it is: a fragment, a `data:` URL, or none that HTTP could follow.
 */
export function rewriteLink(link: string, base: LinkBase): string | undefined {
  // White space around it and line ends within mean nothing to a browser.
  const trimmed = link.replace(/[\t\n\r]/g, "").trim();
  if (trimmed === "" || trimmed.startsWith("#")) return undefined;
  const resolved = URL.parse(unicodeOf(trimmed), base.url);
  if (!resolved || !/^https?:$/.test(resolved.protocol)) return undefined;
  return replayPath(base.timestamp, resolved.href);
}

/** Text of bytes as UTF-8 where it can be that, else as Latin-1. */
function unicodeOf(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
  } catch (error) {
    if (error instanceof TypeError) return bytes;
    throw error;
  }
}
