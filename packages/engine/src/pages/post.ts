import { FettleError } from "../error.ts";

export interface Posted {
  /** Whom the error names: the address itself often holds a secret. */
  readonly to: string;
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Posts JSON, and resolves when the other side took it. Throws DELIVERY_FAILED, which never tells the address, a header or the answer. */
export async function post({ to, url, body, headers }: Posted, abort: AbortSignal): Promise<void> {
  const response = await send(to, url, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
    signal: abort,
  });
  await response.body?.cancel();
  if (response.ok) return;
  throw new FettleError("DELIVERY_FAILED", `${to} refused it with status ${response.status}`, { fix: fixOf(response.status) });
}

async function send(to: string, url: string, request: RequestInit): Promise<Response> {
  try {
    // A redirection would take the secrets in the body to where nobody has written that they may go.
    return await fetch(url, { ...request, redirect: "error" });
  } catch (error) {
    const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = inner instanceof Error && "code" in inner ? String(inner.code) : inner instanceof Error ? inner.name : "it failed";
    throw new FettleError("DELIVERY_FAILED", `${to} cannot be reached: ${reason}`, {
      fix: "See whether its address is right and it is up",
    });
  }
}

function fixOf(status: number): string {
  if (status === 401 || status === 403 || status === 404) return "See whether its address and secret are right, and not revoked";
  return status === 429 ? "It gets too many requests; nothing is to be done" : "See what its other side says about it";
}

/** An address as the config gives it. Throws BAD_CONFIG, which never tells the address. */
export function checkUrl(way: string, url: unknown): string {
  if (typeof url === "string" && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new FettleError("BAD_CONFIG", `Cannot use ${way}: its url is ${url === undefined || url === "" ? "absent" : "no http address"}`, {
    fix: "Give it, as in url: process.env.PAGER_URL, and see that the variable is set",
  });
}

/** A secret as the config gives it. Throws BAD_CONFIG, which never tells it. */
export function checkSecret(way: string, field: string, secret: unknown): string {
  if (typeof secret === "string" && secret !== "") return secret;
  throw new FettleError("BAD_CONFIG", `Cannot use ${way}: its ${field} is absent`, {
    fix: `Give it from the environment, as in ${field}: process.env.PAGER_SECRET, and see that the variable is set`,
  });
}
