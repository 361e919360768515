import { sameBytes } from "../digest/check-digest.ts";
import type { HttpFaults } from "./http-fault.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
const bytewise = new TextDecoder("latin1");

/** The text of a head, in which the character at an index stands for the byte at that index: places are found in it without counting. */
export interface HeadText {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly isAscii: boolean;
}

export function readHeadText(bytes: Uint8Array): HeadText {
  const text = decodeUtf8(bytes);
  const isAscii = text?.length === bytes.length;
  // What this makes of bytes above ASCII is wrong (it is Windows-1252), but one character each; `readValue` decodes them anew.
  return { bytes, text: text !== undefined && isAscii ? text : bytewise.decode(bytes), isAscii };
}

/** What the bytes from `start` to `end` say: UTF-8 where they can be that, else Latin-1. */
export function readValue({ bytes, text, isAscii }: HeadText, start: number, end: number, faults: HttpFaults): string {
  if (isAscii) return text.slice(start, end);
  const part = bytes.subarray(start, end);
  const value = decodeUtf8(part);
  if (value !== undefined) return value;
  faults.note("HTTP_NOT_UTF8", start, "A line of the head has bytes that are no UTF-8");
  return Array.from(part, (byte) => String.fromCharCode(byte)).join("");
}

/** Not with a decoder that throws: a hostile head has a hundred thousand fields that are no UTF-8, and an error costs more than a field. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  const text = utf8.decode(bytes);
  // What replaces bytes that are no UTF-8 may also be written as UTF-8, and is then the same bytes again.
  return text.includes("\ufffd") && !sameBytes(encoder.encode(text), bytes) ? undefined : text;
}
