import { type Field, Fields } from "./fields.ts";
import type { Quirk } from "./quirk.ts";

/** The line that heads a record of an ARC file, version 1 with five fields or version 2 with ten. */
export interface ArcHead {
  readonly fields: Fields;
  /** Of the block, in bytes, as written: −1 stands in some files. Undefined where it is no number. */
  readonly contentLength: number | undefined;
  readonly quirks: readonly Quirk[];
}

const names = {
  1: ["URL", "IP-address", "Archive-date", "Content-type", "Archive-length"],
  2: ["URL", "IP-address", "Archive-date", "Content-type", "Result-code", "Checksum", "Location", "Offset", "Filename", "Archive-length"],
} as const;

const scheme = /^[a-z][a-z0-9+.-]*:/i;
const date = /^(\d{8,28}|-)$/;

/** Whether a record may begin with this line where one is expected; `strictly`, where it is looked for among damaged bytes. */
export function isArcLine(line: string, strictly: boolean): boolean {
  if (!scheme.test(line)) return false;
  const words = split(line);
  return words !== undefined && (!strictly || /^-?\d+$/.test(words.values.at(-1) ?? ""));
}

/** Parses a line for which `isArcLine` holds. */
export function parseArcLine(text: string): ArcHead {
  const { version, values, hasSpaces } = split(text) ?? { version: 1, values: [], hasSpaces: false };
  const fields = new Fields(names[version].map((name, index): Field => ({ name, value: values[index] ?? "", line: 1 })));
  const quirks: Quirk[] = [];
  const found = (code: Quirk["code"], message: string) => quirks.push({ code, message, line: 1 });
  if (text.endsWith("\r")) found("ARC_CRLF_LINE", "The header line ends in CRLF, expected LF");
  if (hasSpaces) found("ARC_SPACE_IN_FIELD", `The header line has more than the ${names[version].length} fields of version ${version}`);
  const written = fields.get("Archive-date") ?? "";
  if (!/^\d{14}$/.test(written)) found("ARC_BAD_DATE", `The date is ${JSON.stringify(written)}, expected 14 digits`);
  const length = parseLength(values.at(-1) ?? "");
  if (length === undefined || length < 0)
    found("ARC_BAD_LENGTH", `The length is ${JSON.stringify(values.at(-1))}, expected a number of bytes`);
  return { fields, contentLength: length, quirks };
}

function parseLength(value: string): number | undefined {
  const length = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
  return Number.isSafeInteger(length) ? length : undefined;
}

interface ArcLine {
  readonly version: 1 | 2;
  readonly values: readonly string[];
  readonly hasSpaces: boolean;
}

/** The fields of a line. Its date tells where they are: a URL and a media type may have spaces in them, and some writers left them there. */
function split(line: string): ArcLine | undefined {
  const words = line.trimEnd().split(" ");
  const end = words.length;
  if (end >= 10 && date.test(words[end - 8] ?? "") && /^\d+$/.test(words[end - 3] ?? "")) {
    const values = [words.slice(0, end - 9).join(" "), ...words.slice(end - 9)];
    return { version: 2, values, hasSpaces: end > 10 };
  }
  const at = date.test(words[end - 3] ?? "") ? end - 3 : words.findLastIndex((word, index) => index < end - 3 && /^\d{14}$/.test(word));
  if (at < 2) return undefined;
  const [ip = "", when = ""] = words.slice(at - 1);
  const values = [words.slice(0, at - 1).join(" "), ip, when, words.slice(at + 1, -1).join(" "), words[end - 1] ?? ""];
  return { version: 1, values, hasSpaces: end > 5 };
}
