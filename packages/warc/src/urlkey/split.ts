/**
 * A URL in pieces, each as it was written. The URL Standard refuses what archives hold (unknown schemes, bytes that are no UTF-8, hosts
 * that cannot be), so this never refuses: what fits nowhere is path.
 */
export interface UrlParts {
  /** In lower case (RFC 3986 6.2.2.1), `http` where none is written. */
  scheme: string;
  /** Whether a host is named; `mailto:a@b` and `urn:x` have none. */
  hasAuthority: boolean;
  userinfo: string;
  host: string;
  port: string;
  path: string;
  /** Without its `?`; undefined where there is no `?`. */
  query: string | undefined;
  /** Without its `#`; undefined where there is no `#`. */
  fragment: string | undefined;
}

/** The schemes whose authority browsers read leniently, and their default ports (URL Standard 4.2, and gopher, which it dropped). */
export const defaultPorts: ReadonlyMap<string, string> = new Map([
  ["http", "80"],
  ["https", "443"],
  ["ftp", "21"],
  ["gopher", "70"],
  ["ws", "80"],
  ["wss", "443"],
]);

/** Splits text whose every character is one byte, see `byteText`. Linear in its length. */
export function splitUrl(text: string): UrlParts {
  const scheme = findScheme(text);
  let rest = scheme === undefined ? text : text.slice(scheme.length + 1);
  const hash = rest.indexOf("#");
  const fragment = hash === -1 ? undefined : rest.slice(hash + 1);
  if (hash !== -1) rest = rest.slice(0, hash);
  const mark = rest.indexOf("?");
  const query = mark === -1 ? undefined : rest.slice(mark + 1);
  if (mark !== -1) rest = rest.slice(0, mark);
  return splitHierarchy(scheme?.toLowerCase() ?? "http", rest, query, fragment);
}

/** The URL again; what `splitUrl` gave comes back as browsers would write it (`http:\\a` as `http://a`). */
export function joinUrl(parts: UrlParts): string {
  const authority = parts.hasAuthority ? `//${parts.userinfo && `${parts.userinfo}@`}${parts.host}${parts.port && `:${parts.port}`}` : "";
  const query = parts.query === undefined ? "" : `?${parts.query}`;
  const fragment = parts.fragment === undefined ? "" : `#${parts.fragment}`;
  return `${parts.scheme}:${authority}${parts.path}${query}${fragment}`;
}

/** Not the `example.com` of `example.com:80/`, which old indexes are full of. */
function findScheme(text: string): string | undefined {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1];
  const isHost = scheme?.includes(".") && /^\d{1,5}(?:[/?#]|$)/.test(text.slice(scheme.length + 1, scheme.length + 7));
  return isHost ? undefined : scheme;
}

function splitHierarchy(scheme: string, rest: string, query: string | undefined, fragment: string | undefined): UrlParts {
  const parts: UrlParts = { scheme, hasAuthority: true, userinfo: "", host: "", port: "", path: "", query, fragment };
  if (scheme === "file") {
    const forward = rest.replaceAll("\\", "/");
    if (forward.startsWith("//")) return splitAuthority(parts, forward.slice(2));
    parts.path = forward.startsWith("/") ? forward : `/${forward}`;
    return parts;
  }
  if (defaultPorts.has(scheme)) {
    const forward = rest.includes("\\") ? rest.replaceAll("\\", "/") : rest;
    const slashes = leadingSlashes(forward);
    // Browsers skip all; but three are how a URL without a host must be written (RFC 3986 3.2.2), or its path would become one.
    return splitAuthority(parts, forward.slice(slashes === 3 ? 2 : slashes));
  }
  if (rest.startsWith("//")) return splitAuthority(parts, rest.slice(2));
  parts.hasAuthority = false;
  parts.path = rest;
  return parts;
}

function splitAuthority(parts: UrlParts, rest: string): UrlParts {
  const slash = rest.indexOf("/");
  const authority = slash === -1 ? rest : rest.slice(0, slash);
  parts.path = slash === -1 ? "" : rest.slice(slash);
  const at = authority.lastIndexOf("@");
  if (at !== -1) parts.userinfo = authority.slice(0, at);
  const place = at === -1 ? authority : authority.slice(at + 1);
  const colon = place.lastIndexOf(":");
  const isPort = colon !== -1 && isDigits(place, colon + 1);
  parts.host = isPort ? place.slice(0, colon) : place;
  if (isPort) parts.port = place.slice(colon + 1);
  return parts;
}

function leadingSlashes(text: string): number {
  let count = 0;
  while (text.charCodeAt(count) === 0x2f) count++;
  return count;
}

function isDigits(text: string, from: number): boolean {
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}
