import { type HeadText, readValue } from "./head-text.ts";
import type { HttpFaults } from "./http-fault.ts";
import type { HttpField } from "./http-fields.ts";

/** By the character, whether a name may have it: tchar of RFC 9110 5.6.2. */
const isTokenChar = Array.from({ length: 128 }, (_, code) => /[!#$%&'*+.^_`|~\w-]/.test(String.fromCharCode(code)));

interface OpenField {
  readonly name: string;
  readonly at: number;
  value: string;
}

/** Reads the field lines of a head (RFC 9112 5), from `start` on. */
export function parseFields(head: HeadText, start: number, faults: HttpFaults): readonly HttpField[] {
  const { text } = head;
  const fields: OpenField[] = [];
  let colon = -1;
  for (let at = start; at < text.length; ) {
    const end = lineEnd(text, at, faults);
    // Searched for once: a head of lines without any would else be searched to its end for each of them.
    if (colon < at) colon = toEnd(text, text.indexOf(":", at));
    if (isBlank(text, at)) joinFolded(head, at, end, fields.at(-1), faults);
    else if (colon < end) fields.push(parseField(head, at, end, colon, faults));
    else if (end > at) faults.note("HTTP_NO_COLON", at, "A line of the head has no colon, expected a name, a colon and a value");
    at = nextLine(text, end);
  }
  return fields;
}

/** Where the line that begins at `at` ends, without its line end. */
export function lineEnd(text: string, at: number, faults: HttpFaults): number {
  const lf = text.indexOf("\n", at);
  const end = toEnd(text, lf);
  if (end > at && text.charCodeAt(end - 1) === 13) return end - 1;
  if (lf >= 0) faults.note("HTTP_LF_LINE_ENDS", lf, "A line of the head ends in LF, expected CRLF");
  return end;
}

/** Where the line after that which ends at `end` begins. */
export function nextLine(text: string, end: number): number {
  return end + (text.charCodeAt(end) === 13 && text.charCodeAt(end + 1) === 10 ? 2 : 1);
}

function parseField(head: HeadText, at: number, end: number, colon: number, faults: HttpFaults): OpenField {
  const { text } = head;
  let nameEnd = colon;
  while (nameEnd > at && isBlank(text, nameEnd - 1)) nameEnd--;
  if (nameEnd < colon) faults.note("HTTP_SPACE_BEFORE_COLON", nameEnd, "White space stands between the name of a field and its colon");
  const name = readValue(head, at, nameEnd, faults);
  if (!isToken(name)) faults.note("HTTP_FIELD_NAME", at, "The name of a field is empty, or has characters that no name may have");
  return { name, at, value: readTrimmed(head, colon + 1, end, faults) };
}

function isToken(name: string): boolean {
  for (let at = 0; at < name.length; at++) if (!isTokenChar[name.charCodeAt(at)]) return false;
  return name !== "";
}

function joinFolded(head: HeadText, at: number, end: number, last: OpenField | undefined, faults: HttpFaults): void {
  if (!last) {
    faults.note("HTTP_FOLDED_START_LINE", at, "The first line goes on in a line of its own");
    return;
  }
  faults.note("HTTP_FOLDED_FIELD", at, "The value of a field goes on in a line of its own");
  const more = readTrimmed(head, at, end, faults);
  last.value += last.value && more ? ` ${more}` : more;
}

function readTrimmed(head: HeadText, start: number, end: number, faults: HttpFaults): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(head.text, from)) from++;
  while (to > from && isBlank(head.text, to - 1)) to--;
  return readValue(head, from, to, faults);
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}

function toEnd(text: string, index: number): number {
  return index < 0 ? text.length : index;
}
