import { WarcError } from "../error.ts";

export type Method = "GET" | "HEAD";

/** The URL of a request that can be made, without its fragment. Throws `BAD_URL`. */
export function requestUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw badUrl(text, "it is none of http or https", "Give it in full, as https://example.com/");
  if (url.username !== "" || url.password !== "")
    throw badUrl(text.replace(/\/\/.*@/, "//…@"), "it has a name and password, which would be archived", "Leave them out");
  url.hash = "";
  return url;
}

/** The bytes of a request (RFC 9112 3). `gzip` is all that every reader of archives can decode. */
export function requestBytes(url: URL, method: Method): Uint8Array {
  const lines = [
    `${method} ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    "User-Agent: Mozilla/5.0 (compatible; fettle-warc/0.1)",
    "Accept: */*",
    "Accept-Encoding: gzip",
    "Connection: close",
  ];
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
}

function badUrl(shown: string, why: string, fix: string): WarcError {
  return new WarcError("BAD_URL", `Cannot fetch ${JSON.stringify(shown.slice(0, 200))}: ${why}`, fix);
}
