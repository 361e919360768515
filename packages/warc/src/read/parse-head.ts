import { type Field, Fields } from "./fields.ts";
import type { Quirk } from "./quirk.ts";

/** The header of a WARC record (ISO 28500:2017 4), and each point where it is not written as it should be. */
export interface WarcHead {
  readonly version: string;
  readonly fields: Fields;
  /** Of the block, in bytes; undefined where the header does not tell. */
  readonly contentLength: number | undefined;
  readonly quirks: readonly Quirk[];
}

const versionLine = /^WARC\/(\d+\.\d+)[ \t]*$/i;
/** Every control character but the tab and those of line ends, ISO 28500:2017 4. */
const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n|$)/;

/**
 * Parses a header that begins with a version line. What follows its blank line is not part of `bytes`. Control characters are looked for
 * unless it is known that there are none.
 */
export function parseHead(bytes: Uint8Array, mayHaveControl = true): WarcHead {
  const quirks: Quirk[] = [];
  const text = decode(bytes, quirks);
  const version = parseVersion(text, quirks);
  const fields = new Fields(parseFields(text, quirks));
  if (mayHaveControl) findControls(text, quirks);
  return { version, fields, contentLength: parseLength(fields, quirks), quirks };
}

function parseVersion(text: string, quirks: Quirk[]): string {
  if (text.startsWith("WARC/1.0\r\n")) return "1.0";
  if (text.startsWith("WARC/1.1\r\n")) return "1.1";
  const [written = ""] = text.split(/\r?\n/, 1);
  const version = versionLine.exec(written.replace(/\r$/, ""))?.[1] ?? "";
  const found = (code: Quirk["code"], message: string) => quirks.push({ code, message, line: 1 });
  if (version === "0.17" || version === "0.18") found("VERSION_NOT_STANDARD", `WARC/${version} was a draft of the standard`);
  else if (version !== "1.0" && version !== "1.1")
    found("UNKNOWN_VERSION", `There is no version ${version} of the format; expected 1.0 or 1.1`);
  if (written !== `WARC/${version}`) found("VERSION_LINE_FORM", `The version line is ${JSON.stringify(written)}, expected WARC/${version}`);
  return version;
}

interface OpenField {
  readonly name: string;
  value: string;
  readonly line: number;
}

function parseFields(text: string, quirks: Quirk[]): Field[] {
  const fields: OpenField[] = [];
  // One finding a header: a tool that writes LF writes it everywhere.
  let lfLine: number | undefined;
  let line = 0;
  for (let start = 0; start < text.length; ) {
    const lf = text.indexOf("\n", start);
    const after = lf < 0 ? text.length : lf;
    const hasCr = text.charCodeAt(after - 1) === 13 && after > start;
    const end = hasCr ? after - 1 : after;
    line++;
    if (lf >= 0 && !hasCr) lfLine ??= line;
    if (line > 1 && end > start) parseLine(text, start, end, line, fields, quirks);
    start = after + 1;
  }
  if (lfLine !== undefined) quirks.push({ code: "LF_LINE_ENDS", message: "A line of the header ends in LF, expected CRLF", line: lfLine });
  return fields;
}

function parseLine(text: string, start: number, end: number, line: number, fields: OpenField[], quirks: Quirk[]): void {
  const first = text.charCodeAt(start);
  const last = first === 0x20 || first === 0x09 ? fields.at(-1) : undefined;
  if (last) {
    quirks.push({
      code: "FOLDED_FIELD",
      message: `The value of ${last.name} goes on in a line of its own, which the annotated standard advises against`,
      line,
    });
    last.value = `${last.value} ${text.slice(start, end).trim()}`.trim();
    return;
  }
  const colon = text.indexOf(":", start);
  if (colon < 0 || colon >= end) {
    quirks.push({
      code: "NO_COLON",
      message: `The line ${JSON.stringify(text.slice(start, Math.min(end, start + 80)))} has no colon`,
      line,
    });
    return;
  }
  const written = text.slice(start, colon);
  const name = trimmed(text, start, colon);
  if (name === "") quirks.push({ code: "EMPTY_FIELD_NAME", message: "The field has no name", line });
  else if (name !== written) quirks.push({ code: "SPACE_BEFORE_COLON", message: `White space stands around the name ${name}`, line });
  fields.push({ name, value: trimmed(text, text.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1, end), line });
}

/** Nearly always there is nothing to trim, which is quicker to see than to do. */
function trimmed(text: string, start: number, end: number): string {
  const part = text.slice(start, end);
  return isInk(text.charCodeAt(start)) && isInk(text.charCodeAt(end - 1)) ? part : part.trim();
}

/** Whether this is certainly no white space, of which there is some beyond ASCII. */
function isInk(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

function findControls(text: string, quirks: Quirk[]): void {
  for (const [index, line] of text.split("\n").entries())
    if (control.test(line)) quirks.push({ code: "CONTROL_CHARACTER", message: "The line has a control character in it", line: index + 1 });
}

function parseLength(fields: Fields, quirks: Quirk[]): number | undefined {
  const field = fields.field("Content-Length");
  if (!field) {
    quirks.push({ code: "NO_LENGTH", message: "The record has no Content-Length" });
    return undefined;
  }
  const { value, line } = field;
  const [, second] = fields.all("Content-Length");
  if (second) quirks.push({ code: "REPEATED_LENGTH", message: "The record has more than one Content-Length", line: second.line });
  const length = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(length)) return length;
  quirks.push({
    code: "BAD_LENGTH",
    message: `The Content-Length is ${JSON.stringify(value.slice(0, 80))}, expected a number of bytes`,
    line,
  });
  return undefined;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder("latin1");

function decode(bytes: Uint8Array, quirks: Quirk[]): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return splitLines(bytes)
      .map((line, index) => decodeLine(line, index + 1, quirks))
      .join("\n");
  }
}

function decodeLine(bytes: Uint8Array, line: number, quirks: Quirk[]): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    quirks.push({ code: "NOT_UTF8", message: "The line is not UTF-8", line });
    return latin1.decode(bytes);
  }
}

function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  lines.push(bytes.subarray(start));
  return lines;
}
