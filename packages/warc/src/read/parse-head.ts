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
/** Every control character but the tab, ISO 28500:2017 4. */
const control = /[\x00-\x08\x0a-\x1f\x7f]/;

/** Whether a record may begin with this line, which is without its line end. */
export function isVersionLine(line: string): boolean {
  return versionLine.test(line);
}

/** Parses a header that begins with a version line. What follows its blank line is not part of `bytes`. */
export function parseHead(bytes: Uint8Array): WarcHead {
  const quirks: Quirk[] = [];
  const [first = "", ...lines] = decode(bytes, quirks).split("\n");
  checkLineEnds(first, lines, quirks);
  const version = parseVersion(first, quirks);
  const fields = new Fields(parseFields(lines, quirks));
  return { version, fields, contentLength: parseLength(fields, quirks), quirks };
}

function parseVersion(line: string, quirks: Quirk[]): string {
  const text = line.replace(/\r$/, "");
  const version = versionLine.exec(text)?.[1] ?? "";
  const at = { line: 1 };
  if (version === "0.17" || version === "0.18")
    quirks.push({ code: "VERSION_NOT_STANDARD", message: `WARC/${version} was a draft of the standard`, ...at });
  else if (version !== "1.0" && version !== "1.1")
    quirks.push({ code: "UNKNOWN_VERSION", message: `There is no version ${version} of the format; expected 1.0 or 1.1`, ...at });
  if (text !== `WARC/${version}`)
    quirks.push({ code: "VERSION_LINE_FORM", message: `The version line is ${JSON.stringify(text)}, expected WARC/${version}`, ...at });
  return version;
}

/** One finding a header: a tool that writes LF writes it everywhere. */
function checkLineEnds(first: string, lines: readonly string[], quirks: Quirk[]): void {
  const index = [first, ...lines.slice(0, -1)].findIndex((line) => !line.endsWith("\r"));
  if (lines.length === 0 || index < 0) return;
  quirks.push({ code: "LF_LINE_ENDS", message: "A line of the header ends in LF, expected CRLF", line: index + 1 });
}

function parseFields(lines: readonly string[], quirks: Quirk[]): Field[] {
  const fields: { name: string; value: string; line: number }[] = [];
  for (const [index, ended] of lines.entries()) {
    const text = ended.endsWith("\r") ? ended.slice(0, -1) : ended;
    const line = index + 2;
    if (text === "") continue;
    if (control.test(text)) quirks.push({ code: "CONTROL_CHARACTER", message: "The line has a control character in it", line });
    const last = fields.at(-1);
    if ((text.startsWith(" ") || text.startsWith("\t")) && last) {
      quirks.push({
        code: "FOLDED_FIELD",
        message: `The value of ${last.name} goes on in a line of its own, which the annotated standard advises against`,
        line,
      });
      last.value = `${last.value} ${text.trim()}`.trim();
    } else {
      const field = parseField(text, line, quirks);
      if (field) fields.push(field);
    }
  }
  return fields;
}

function parseField(text: string, line: number, quirks: Quirk[]): Field | undefined {
  const colon = text.indexOf(":");
  if (colon < 0) {
    quirks.push({ code: "NO_COLON", message: `The line ${JSON.stringify(text.slice(0, 80))} has no colon`, line });
    return undefined;
  }
  const written = text.slice(0, colon);
  const name = written.trim();
  if (name === "") quirks.push({ code: "EMPTY_FIELD_NAME", message: "The field has no name", line });
  else if (name !== written) quirks.push({ code: "SPACE_BEFORE_COLON", message: `White space stands around the name ${name}`, line });
  return { name, value: text.slice(colon + 1).trim(), line };
}

function parseLength(fields: Fields, quirks: Quirk[]): number | undefined {
  const field = fields.field("Content-Length");
  if (!field) {
    quirks.push({ code: "NO_LENGTH", message: "The record has no Content-Length" });
    return undefined;
  }
  const { value, line } = field;
  if (fields.all("Content-Length").length > 1)
    quirks.push({ code: "REPEATED_LENGTH", message: "The record has more than one Content-Length", line });
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

/** The lines of a header as they stand there, without their LF. */
export function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  lines.push(bytes.subarray(start));
  return lines;
}
