import type { BodyEnd } from "./body-end.ts";

/** Digits of a size beyond which no number is exact; leading zeros count for none. */
const mostDigits = 13;

type State =
  | { readonly in: "size"; digits: string; isOver: boolean }
  | { readonly in: "data"; left: number }
  /** `length` of the line that is being read; the first empty one ends all. */
  | { readonly in: "trailer"; length: number }
  | { readonly in: "ended" }
  | { readonly in: "lost" };

/** Where a body in chunks (RFC 9112 7.1) ends. One whose chunks are none is read to the end of the connection. */
export class ChunkEnd implements BodyEnd {
  #state: State = { in: "size", digits: "", isOver: false };

  get isEnded(): boolean {
    return this.#state.in === "ended";
  }

  get endsWithConnection(): boolean {
    return this.#state.in === "lost";
  }

  take(piece: Uint8Array): number {
    for (let at = 0; at < piece.length; ) {
      const state = this.#state;
      if (state.in === "ended") return at;
      if (state.in === "lost") return piece.length;
      if (state.in === "size" || state.in === "trailer") this.#takeByte(state, piece[at++] ?? 0);
      else {
        const taken = Math.min(state.left, piece.length - at);
        state.left -= taken;
        at += taken;
        // The line end behind the data looks like an empty size.
        if (state.left === 0) this.#state = { in: "size", digits: "", isOver: false };
      }
    }
    return piece.length;
  }

  #takeByte(state: Extract<State, { in: "size" | "trailer" }>, byte: number): void {
    const isLineEnd = byte === 0x0a;
    if (state.in === "trailer") {
      if (isLineEnd && state.length === 0) this.#state = { in: "ended" };
      else if (isLineEnd) state.length = 0;
      else if (byte !== 0x0d) state.length++;
      return;
    }
    if (isLineEnd) this.#endSize(state.digits);
    else if (/[0-9a-f]/i.test(String.fromCharCode(byte)) && !state.isOver) {
      state.digits = state.digits === "0" ? String.fromCharCode(byte) : state.digits + String.fromCharCode(byte);
      if (state.digits.length > mostDigits) this.#state = { in: "lost" };
    } else if (state.digits !== "" || byte === 0x0d || byte === 0x20 || byte === 0x09) state.isOver ||= state.digits !== "";
    else this.#state = { in: "lost" };
  }

  #endSize(digits: string): void {
    if (digits === "") return;
    const size = Number.parseInt(digits, 16);
    this.#state = size === 0 ? { in: "trailer", length: 0 } : { in: "data", left: size };
  }
}
