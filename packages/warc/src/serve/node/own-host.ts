import { isIP } from "node:net";

/**
 * Whether the Host of a request means this server: an address, `localhost`, or the name that it listens at. A name of somebody else's, which
 * he lets lead here so that his pages may read what is served, does not.
 */
export function isOwnHost(header: string | undefined, listening: string): boolean {
  const host = (header ?? "").replace(/:\d+$/, "").toLowerCase();
  const address = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  return host === "localhost" || host === listening.toLowerCase() || isIP(address) !== 0;
}
