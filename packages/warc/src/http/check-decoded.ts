import { startHash } from "#hash";
import { WarcError } from "../error.ts";
import { decodeContent } from "./decode-content.ts";
import { HttpFaults } from "./http-fault.ts";
import { comparePayload, type PayloadCheck } from "./payload-check.ts";

/** Bytes unpacked beyond which nobody took the digest of them: a body of megabytes may give what takes hours. */
const mostDecoded = 256 << 20;

/** A body without its chunks, and the codings that it still has. */
export interface CodedEntity {
  readonly bytes: Uint8Array;
  readonly codings: readonly string[];
}

/** Looks whether a payload digest that fits nothing else is of the decoded body. Else it stays as it is. */
export async function checkDecoded(check: PayloadCheck, coded: CodedEntity): Promise<PayloadCheck> {
  if (check.result !== "bad") return check;
  const digest = await hashDecoded(coded, startHash(check.algorithm));
  if (!digest) return check;
  const decoded = comparePayload(check.expected, [["decoded", () => digest]]);
  return decoded.result === "ok" ? decoded : check;
}

async function hashDecoded({ bytes, codings }: CodedEntity, hash: ReturnType<typeof startHash>): Promise<Uint8Array | undefined> {
  let length = 0;
  try {
    for await (const piece of decodeContent(only(bytes), codings, 0, new HttpFaults())) {
      if ((length += piece.length) > mostDecoded) return undefined;
      hash.update(piece);
    }
  } catch (error) {
    // A browser that cannot unpack it cannot tell; what was found without that still holds.
    if (error instanceof WarcError && error.code === "NO_DECOMPRESSION") return undefined;
    throw error;
  }
  return hash.digest();
}

async function* only(bytes: Uint8Array) {
  yield bytes;
}
