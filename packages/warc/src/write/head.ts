import { concat } from "../bytes/stored-bytes.ts";
import { WarcError } from "../error.ts";
import type { Field } from "../read/fields.ts";

/** The versions that are written: ISO 28500:2009 and ISO 28500:2017. */
export type Version = "1.0" | "1.1";

/** A named field to be written. */
export type NamedValue = readonly [name: string, value: string];

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const control = /[\x00-\x08\x0a-\x1f\x7f]/;
const encoder = new TextEncoder();
const lineEnd = Uint8Array.of(13, 10);

/**
 * The header of a record as it stands in a file, with its blank line (ISO 28500:2017 4): UTF-8, each field on one line, in the order given.
 * Throws `BAD_FIELD_NAME` where a name is no token, and `CONTROL_CHARACTER` where a value has a line end in it, or another one.
 */
export function formatHead(version: Version, fields: Iterable<NamedValue>): Uint8Array {
  let text = `WARC/${version}\r\n`;
  for (const field of fields) text += formatField(field);
  return encoder.encode(`${text}\r\n`);
}

/**
 * The header of a record that was read, with some of its fields changed, put behind the others, or, where the value is undefined, taken out.
 * Every other byte stays as it is: odd line ends, folded lines and what is not UTF-8 too. A field that stands there more than once is changed
 * in the first place, and taken out of the others. A header that is cut gets its blank line. Throws as `formatHead`.
 */
export function editHead(
  { head, fields }: { readonly head: Uint8Array; readonly fields: Iterable<Field> },
  changes: Readonly<Record<string, string | undefined>>,
): Uint8Array {
  const left = new Map(Object.entries(changes).map(([name, value]) => [name.toLowerCase(), { name, value }]));
  const changed = new Set(left.keys());
  const lines = splitLines(head);
  const kept: Uint8Array[] = [];
  const owners = new Map(Array.from(fields, (field) => [field.line, field.name.toLowerCase()]));
  let owner: string | undefined;
  const blank = lines.findIndex(isBlank);
  const end = blank < 0 ? lines.length : blank;
  for (const [index, line] of lines.slice(0, end).entries()) {
    const isFolded = index > 0 && (line[0] === 0x20 || line[0] === 0x09);
    if (!isFolded || owners.has(index + 1)) owner = owners.get(index + 1);
    if (owner === undefined || !changed.has(owner)) kept.push(line);
    else {
      const change = left.get(owner);
      left.delete(owner);
      if (change?.value !== undefined) kept.push(encoder.encode(formatField([change.name, change.value])));
    }
  }
  const isCut = blank < 0;
  if (isCut && kept.at(-1)?.at(-1) !== 10) kept.push(lineEnd);
  for (const { name, value } of left.values()) if (value !== undefined) kept.push(encoder.encode(formatField([name, value])));
  return concat([...kept, ...(isCut ? [lineEnd] : lines.slice(end))]);
}

/** One line of a header. */
export function formatField([name, value]: NamedValue): string {
  if (!token.test(name)) {
    throw new WarcError(
      "BAD_FIELD_NAME",
      `Cannot write a field named ${JSON.stringify(name)}: it is no token (ISO 28500:2017 4)`,
      "Name it with letters, digits and hyphens",
    );
  }
  if (control.test(value)) {
    throw new WarcError(
      "CONTROL_CHARACTER",
      `Cannot write ${name}: ${JSON.stringify(value.slice(0, 80))} has a control character in it`,
      "Take it out: a field stands on one line",
    );
  }
  return `${name}: ${value}\r\n`;
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x0d || byte === 0x0a);
}

/** Each with its line end. */
function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const lf = bytes.indexOf(10, start);
    const end = lf < 0 ? bytes.length : lf + 1;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return lines;
}
