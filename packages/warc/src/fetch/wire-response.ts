import { GrowingBytes } from "../http/growing-bytes.ts";
import { type HttpHead, parseHttpHead } from "../http/parse-http-head.ts";
import { bodyEnd } from "./body-end.ts";

/** Bytes of a head; what goes on beyond them has none. */
const longestHead = 1 << 18;

/** What has been learnt of a response while its bytes went by. */
export interface WireState {
  head: HttpHead | undefined;
  /** Bytes from the start of the message to its body. */
  bodyAt: number;
  /** Why it ends before it should (ISO 28500:2017 5.15). */
  truncated: "length" | "disconnect" | undefined;
}

/**
 * The bytes of a response as they come over a connection, to where it ends; `state` is complete with the last of them. Answers that only say
 * that another is to come (1xx) are left out. Stops at `maxLength` bytes of the body.
 */
export async function* readResponse(
  pieces: AsyncIterable<Uint8Array>,
  { method, maxLength }: { readonly method: string; readonly maxLength: number },
  state: WireState,
): AsyncGenerator<Uint8Array> {
  let begun = new HeadBytes();
  let end = bodyEnd(undefined, method);
  let isInBody = false;
  let length = 0;
  for await (const piece of pieces) {
    let rest = piece;
    while (!isInBody && rest.length > 0) {
      const taken = begun.take(rest);
      rest = rest.subarray(taken);
      if (!begun.isWhole) break;
      const { head, bodyAt } = parseHttpHead(begun.bytes, "response");
      const isInterim = head?.kind === "response" && head.status !== undefined && head.status < 200 && head.status !== 101;
      if (isInterim) begun = new HeadBytes();
      else {
        Object.assign(state, { head, bodyAt });
        end = bodyEnd(head, method);
        isInBody = true;
        yield begun.bytes;
      }
    }
    if (!isInBody) continue;
    const whole = rest.subarray(0, end.take(rest));
    const own = whole.subarray(0, maxLength - length);
    length += own.length;
    if (own.length > 0) yield own;
    if (own.length < whole.length || (length === maxLength && !end.isEnded)) state.truncated = "length";
    if (state.truncated || end.isEnded) return;
  }
  if (!isInBody) yield begun.bytes;
  if (!isInBody || !end.endsWithConnection) state.truncated = "disconnect";
}

/** The head of a message, as it comes; its last line is empty. */
class HeadBytes {
  readonly #held = new GrowingBytes();
  #lineLength = 0;
  #hasLine = false;
  isWhole = false;

  get bytes(): Uint8Array {
    return this.#held.bytes;
  }

  /** Answers how many bytes belong to it. */
  take(piece: Uint8Array): number {
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at];
      if (byte === 0x0a) {
        if (this.#lineLength === 0 && this.#hasLine) return this.#end(piece, at + 1);
        this.#hasLine ||= this.#lineLength > 0;
        this.#lineLength = 0;
      } else if (byte !== 0x0d) this.#lineLength++;
      if (this.#held.length + at >= longestHead) return this.#end(piece, at + 1);
    }
    this.#held.add(piece);
    return piece.length;
  }

  #end(piece: Uint8Array, length: number): number {
    this.#held.add(piece.subarray(0, length));
    this.isWhole = true;
    return length;
  }
}
