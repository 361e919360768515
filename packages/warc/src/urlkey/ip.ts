/**
 * The address that a browser would connect to for a host such as `0x7f.1`, `3279880203` or `017700000001`, in four decimal parts;
 * undefined where the host is no IPv4 address (URL Standard 3.5, the IPv4 parser).
 */
export function ipv4(host: string): string | undefined {
  const first = host.charCodeAt(0);
  if (first < 0x30 || first > 0x39) return undefined;
  const labels = (host.endsWith(".") ? host.slice(0, -1) : host).split(".", 5);
  const numbers = labels.map(number);
  const last = numbers.pop();
  if (labels.length > 4 || last === undefined || !numbers.every((part) => part !== undefined && part < 256)) return undefined;
  // The last part fills whatever bytes the others leave.
  if (last >= 256 ** (4 - numbers.length)) return undefined;
  let value = last;
  for (const [index, part] of numbers.entries()) value += (part ?? 0) * 256 ** (3 - index);
  return [value / 2 ** 24, value / 2 ** 16, value / 2 ** 8, value].map((part) => Math.floor(part) % 256).join(".");
}

/** A host in brackets as RFC 5952 writes it (`[2001:db8:0::1]` as `[2001:db8::1]`); undefined where it is no IPv6 address. */
export function ipv6(host: string): string | undefined {
  // The longest address has 45 characters; the URL parser need not see more.
  if (!host.startsWith("[") || !host.endsWith("]") || host.length > 47 || /[^0-9a-fA-F:.[\]]/.test(host)) return undefined;
  return URL.parse(`http://${host}/`)?.hostname;
}

function number(text: string): number | undefined {
  if (/^0[xX][0-9a-fA-F]*$/.test(text)) return small(text.slice(2), 16);
  if (/^0[0-7]+$/.test(text)) return small(text.slice(1), 8);
  return /^(?:0|[1-9][0-9]*)$/.test(text) ? small(text, 10) : undefined;
}

/** Zeros in front may be as many as they like; digits that count are 11 at most in an address. */
function small(digits: string, base: number): number | undefined {
  const counting = digits.replace(/^0+/, "");
  if (counting.length > 11) return undefined;
  return counting === "" ? 0 : Number.parseInt(counting, base);
}
