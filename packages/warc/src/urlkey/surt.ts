import { type Canonicaliser, canonicalParts } from "./canonical.ts";
import { ipv4 } from "./ip.ts";
import { byteText } from "./percent.ts";
import { splitUrl, type UrlParts } from "./split.ts";

/** How a SURT is written: `com,example)/` by default, `http://(com,example,)/` with both. */
export interface SurtForm {
  readonly scheme?: boolean;
  readonly trailingComma?: boolean;
}

/**
 * The key under which indexes keep a URL: canonical, with the host's labels turned round, so that a domain and all below it lie side by side.
 * The empty URL has the key `-`, as absent fields of a CDX line are written. Never throws.
 */
export function urlKey(url: string | Uint8Array, form: SurtForm = {}, by: Canonicaliser = "wayback"): string {
  const text = byteText(url);
  if (text === "") return "-";
  // Names of records that no server was asked for. The rule is older than URLs with a scheme in indexes, hence its bluntness.
  if (/^(?:filedesc|warcinfo|dns:)/.test(text)) return text;
  return formatSurt(canonicalParts(text, by), form);
}

/** The SURT of a URL as it stands, with nothing made canonical, but without its userinfo. */
export function surt(url: string | Uint8Array, form: SurtForm = {}): string {
  return formatSurt(splitUrl(byteText(url)), form);
}

/**
 * The sortable SURT of the IIPC's urlcanon, `org,example,//81:http@user:/path`: unlike a SURT it says all that the URL says, and sorts
 * by host first, then port, then scheme.
 */
export function ssurt(url: string | Uint8Array): string {
  const parts = splitUrl(byteText(url));
  if (!parts.hasAuthority) return `${parts.scheme}:${tail(parts)}`;
  const user = parts.userinfo && `@${parts.userinfo}`;
  return `${ssurtHost(parts.host)}//${parts.port && `${parts.port}:`}${parts.scheme}${user}:${tail(parts)}`;
}

/** `x.y` as `y,x,`; addresses are not turned round, and a comma in the name, which would look like a border, becomes a point. */
export function ssurtHost(host: string): string {
  return ipv4(host) !== undefined || host.startsWith("[") ? host : reverseLabels(host);
}

export function reverseLabels(host: string): string {
  return `${host
    .split(".")
    .reverse()
    .map((label) => label.replaceAll(",", "."))
    .join(",")},`;
}

function formatSurt(parts: UrlParts, form: SurtForm): string {
  if (!parts.hasAuthority) return `${parts.scheme}:${tail(parts)}`;
  const open = form.scheme ? `${parts.scheme}://(` : "";
  const comma = form.trailingComma && !parts.host.startsWith("[") ? "," : "";
  return `${open}${reverseHost(parts.host)}${comma}${parts.port && `:${parts.port}`})${tail(parts)}`;
}

function reverseHost(host: string): string {
  if (host.startsWith("[") && host.endsWith("]")) return host.slice(1, -1);
  return host.includes(".") ? host.split(".").reverse().join(",") : host;
}

function tail(parts: UrlParts): string {
  const query = parts.query === undefined ? "" : `?${parts.query}`;
  return `${parts.path}${query}${parts.fragment === undefined ? "" : `#${parts.fragment}`}`;
}

/**
 * The host of a key without its port, `com,example` of `com,example:8080)/a`; undefined where the key has none. With two colons or more it is
 * an IPv6 address, which a key cannot tell from its port.
 */
export function splitHost(key: string): string | undefined {
  const end = key.indexOf(")");
  const host = key.slice(0, end);
  if (end === -1 || /[/?#]/.test(host)) return undefined;
  return host.indexOf(":") === host.lastIndexOf(":") ? host.replace(/:\d+$/, "") : host;
}
