import { isChunked } from "../http/codings.ts";
import type { HttpHead } from "../http/parse-http-head.ts";
import { ChunkEnd } from "./chunk-end.ts";

/** Finds where the body of a response ends among the bytes of a connection. */
export interface BodyEnd {
  /** How many of the bytes at the start of `piece` belong to the body. */
  take(piece: Uint8Array): number;
  /** Whether all of it has been taken. */
  readonly isEnded: boolean;
  /** Whether it may end with the connection: then what has come so far is whole. */
  readonly endsWithConnection: boolean;
}

/** By the rules of RFC 9112 6.3; what is sent in answer to which method decides too. Without a head, as HTTP/0.9 had it, all is body. */
export function bodyEnd(head: HttpHead | undefined, method: string): BodyEnd {
  if (head?.kind !== "response") return new ConnectionEnd();
  const { status = 200, fields } = head;
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return new LengthEnd(0);
  if (isChunked(fields)) return new ChunkEnd();
  const length = fields.get("Content-Length");
  return length !== undefined && /^\d{1,15}$/.test(length) ? new LengthEnd(Number(length)) : new ConnectionEnd();
}

class LengthEnd implements BodyEnd {
  readonly endsWithConnection = false;
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get isEnded(): boolean {
    return this.#left === 0;
  }

  take(piece: Uint8Array): number {
    const taken = Math.min(piece.length, this.#left);
    this.#left -= taken;
    return taken;
  }
}

class ConnectionEnd implements BodyEnd {
  readonly endsWithConnection = true;
  readonly isEnded = false;

  take(piece: Uint8Array): number {
    return piece.length;
  }
}
