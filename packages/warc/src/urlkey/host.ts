import { ipv4, ipv6 } from "./ip.ts";
import { decodeFully, encode } from "./percent.ts";

/** What would end a host, were it written plainly there. `%2F` in a host must stay as it is. */
const delimiters = "/?@:\\";

/** The host that a browser would look up: decoded, in lower case, IDN as punycode, no empty labels, IPv4 in decimal parts. */
export function lookedUpHost(host: string): string {
  if (isBracketed(host)) return host.toLowerCase();
  const decoded = decodeFully(host, delimiters);
  const name = dropEmptyLabels(/[\x80-\xff]/.test(decoded) ? punycode(decoded) : lowerCase(decoded));
  return ipv4(name) ?? encode(name, delimiters);
}

/** As `lookedUpHost`, with IPv6 as RFC 5952 writes it. */
export function preciseHost(host: string): string {
  return ipv6(host) ?? lookedUpHost(host);
}

/** The host of a scheme whose names nobody but its own programs understands: decoded, and otherwise as it is. */
export function opaqueHost(host: string): string {
  if (isBracketed(host)) return ipv6(host) ?? host.toLowerCase();
  return encode(decodeFully(host, delimiters), delimiters);
}

/** Without a leading `www.` or `www12.`, which name one site. */
export function withoutWww(host: string): string {
  return host.startsWith("www") ? host.replace(/^www\d*\./, "") : host;
}

/** As an IPv6 address is written, whether or not it is one. */
function isBracketed(host: string): boolean {
  return host.startsWith("[") && /^\[[0-9a-fA-F:.]*\]$/.test(host);
}

/** By the platform's own URL parser, the one way to UTS 46 that browsers and Node share; bytes that are no name stay as they are. */
function punycode(host: string): string {
  // No name is longer than 253 bytes (RFC 1035 2.3.4), and what punycode costs grows with the square of the length.
  if (host.length > 1024 || /[\x00-\x20"#%/:<>?@[\\\]^`{|}\x7f]/.test(host)) return lowerCase(host);
  try {
    const name = new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(host, (char) => char.charCodeAt(0)));
    return URL.parse(`http://${dropEmptyLabels(name)}/`)?.hostname ?? lowerCase(host);
  } catch (error) {
    if (error instanceof TypeError) return lowerCase(host);
    throw error;
  }
}

/** ASCII only: a byte from 0x80 is half a character and has no case. */
function lowerCase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase()) : text;
}

function dropEmptyLabels(host: string): string {
  return host.startsWith(".") || host.endsWith(".") || host.includes("..")
    ? host
        .split(".")
        .filter((label) => label !== "")
        .join(".")
    : host;
}
