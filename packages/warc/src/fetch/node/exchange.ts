import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import { spool } from "#spool";
import { WarcError } from "../../error.ts";
import type { HttpHead } from "../../http/parse-http-head.ts";
import type { Spooled } from "../../write/spool.ts";
import { type Method, requestBytes } from "../request.ts";
import { readResponse, type WireState } from "../wire-response.ts";

export interface ExchangeLimits {
  /** Bytes of a body; a longer one is cut there, and its record says so. */
  readonly maxLength: number;
  /** Milliseconds from the connection to the last byte; what has come until then is kept. */
  readonly maxTime: number;
}

/** A request and its response, each to the byte. Disposing of it frees the room that the response takes. */
export interface Exchange extends AsyncDisposable {
  readonly url: URL;
  readonly date: Date;
  readonly ipAddress: string | undefined;
  readonly request: Uint8Array;
  readonly response: Spooled;
  readonly head: HttpHead | undefined;
  readonly bodyAt: number;
  readonly truncated: "length" | "time" | "disconnect" | undefined;
}

/** Asks a server once, over a connection of its own. Throws `NO_RESPONSE` where not one byte comes, and why: certificates are not taken on trust. */
export async function exchange(url: URL, method: Method, { maxLength, maxTime }: ExchangeLimits): Promise<Exchange> {
  const date = new Date();
  const request = requestBytes(url, method);
  const socket = connect(url);
  const state: WireState = { head: undefined, bodyAt: 0, truncated: undefined };
  let received = 0;
  let ipAddress: string | undefined;
  let failure: { readonly error: unknown; readonly isLate: boolean } | undefined;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    socket.destroy();
  }, maxTime);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      socket.write(request);
      for await (const piece of socket) {
        ipAddress ??= socket.remoteAddress;
        received += piece.length;
        yield piece;
      }
    } catch (error) {
      // What has come until then is worth keeping; whether anything has is looked at below.
      failure = { error, isLate };
    }
  }
  try {
    const response = await spool(readResponse(bytes(), { method, maxLength }, state));
    if (received === 0) {
      await response[Symbol.asyncDispose]();
      throw noResponse(url, isLate ? `nothing came within ${maxTime / 1000} s` : reasonOf(failure?.error), failure?.error);
    }
    const truncated = isLate && state.truncated !== "length" ? "time" : state.truncated;
    return {
      url,
      date,
      ipAddress,
      request,
      response,
      head: state.head,
      bodyAt: state.bodyAt,
      truncated,
      [Symbol.asyncDispose]: () => response[Symbol.asyncDispose](),
    };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function connect(url: URL): Socket {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (url.protocol === "http:") return connectPlain({ host, port: Number(url.port || 80) });
  const name = isIP(host) ? {} : { servername: host };
  return connectSecure({ host, port: Number(url.port || 443), ALPNProtocols: ["http/1.1"], ...name });
}

function reasonOf(error: unknown): string {
  if (error === undefined) return "the server closed the connection";
  // Of several addresses that were tried, each has its own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
}

function noResponse(url: URL, reason: string, cause: unknown): WarcError {
  const fix = /certificate|self.signed|issuer/i.test(reason)
    ? "Have the server's certificate mended, or name its issuer's in NODE_EXTRA_CA_CERTS"
    : "Look whether the address is right and the server up";
  return new WarcError("NO_RESPONSE", `Cannot fetch ${url.href}: ${reason}`, fix, { cause });
}
