import { isIPv4 } from "node:net";
import { FettleError } from "@fettle/engine";
import type { MiddlewareHandler } from "hono";

/** True for addresses and names that only this machine can reach: 127.0.0.0/8, ::1, localhost. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || (isIPv4(host) && host.startsWith("127."));
}

/** What decides about a request: nothing but its method and headers. */
export interface Asked {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: sent by browsers, and not to be forged from a web page. */
  readonly site: string | undefined;
  readonly type: string | undefined;
}

/**
 * Why a request is refused, or undefined. There is no authentication yet, so a page of another site must not be able to speak to us:
 *
 * | attack | what it looks like | refused by |
 * | --- | --- | --- |
 * | DNS rebinding: a foreign name that resolves to 127.0.0.1 | a foreign Host | Host must be loopback |
 * | CSRF: a foreign page posts to us | a foreign Origin, or another port of localhost | Origin must be this very host and port |
 * | CSRF by a plain form, which sends no preflight | a form's content type | the body must be application/json |
 */
export function refusalOf({ method, host, origin, site, type }: Asked): string | undefined {
  const name = host?.replace(/:\d{1,5}$/, "").toLowerCase();
  if (name === undefined || !isLoopback(name)) return `the Host header is ${host ?? "absent"}, and only loopback names are answered`;
  if (method === "GET" || method === "HEAD") return undefined;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host?.toLowerCase()}`)
    return `the Origin header is ${origin}, not http://${host}`;
  if (site !== undefined && site !== "same-origin" && site !== "none") return `the browser says that it comes from elsewhere (${site})`;
  if (type?.split(";")[0]?.trim().toLowerCase() !== "application/json")
    return `its content type is ${type ?? "absent"}, not application/json`;
  return undefined;
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers = {
  "Content-Security-Policy": policy,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
} as const;

/** Refuses what `refusalOf` refuses with NOT_ALLOWED, and closes the browser's doors on every answer. */
export const guard: MiddlewareHandler = async (c, next) => {
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  const reason = refusalOf({
    method: c.req.method,
    host: c.req.header("host"),
    origin: c.req.header("origin"),
    site: c.req.header("sec-fetch-site"),
    type: c.req.header("content-type"),
  });
  if (reason !== undefined) {
    throw new FettleError("NOT_ALLOWED", `Cannot answer ${c.req.method} ${c.req.path}: ${reason}`, {
      fix: "Open the address that fettle up printed, on the machine where it runs",
    });
  }
  await next();
};
