import type { Method } from "../request.ts";
import { type Exchange, type ExchangeLimits, exchange } from "./exchange.ts";

/** Redirects that are followed; browsers give up after as many. */
const mostRedirects = 20;

/**
 * Asks for a URL, and for where it leads on to; each exchange is for the caller to dispose of. Ends where nothing leads on, where a redirect
 * leads to what was asked for already or to no URL of HTTP, and after 20. Throws as `exchange`.
 */
export async function* fetchUrl(url: URL, method: Method, limits: ExchangeLimits): AsyncGenerator<Exchange, void> {
  const asked = new Set<string>();
  for (let next: URL | undefined = url; next && !asked.has(next.href) && asked.size <= mostRedirects; ) {
    asked.add(next.href);
    const done: Exchange = await exchange(next, method, limits);
    next = redirectOf(done);
    yield done;
  }
}

function redirectOf({ head, url }: Exchange): URL | undefined {
  if (head?.kind !== "response" || ![301, 302, 303, 307, 308].includes(head.status ?? 0)) return undefined;
  const location = head.fields.get("Location");
  const target = location === undefined ? null : URL.parse(location, url);
  if (!target || !/^https?:$/.test(target.protocol) || target.username !== "") return undefined;
  target.hash = "";
  return target;
}
