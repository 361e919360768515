import type { Finding, Severity } from "../finding.ts";
import type { ZipEntry } from "../zip/entry.ts";

/** What a file does not keep to, and where the specification of WACZ 1.1.1 says so. */
const rules = {
  WACZ_ARCHIVE_NAME: ["warning", "archive"],
  WACZ_BAD_BLOCK: ["error", "indexes"],
  WACZ_BAD_DATAPACKAGE: ["error", "datapackage.json"],
  WACZ_BAD_DATE: ["warning", "datapackage.json"],
  WACZ_BAD_DIGEST: ["error", "datapackage-digest.json"],
  WACZ_BAD_HASH: ["error", "datapackage.json"],
  WACZ_BAD_INDEX_LINE: ["error", "indexes"],
  WACZ_BAD_PAGE: ["error", "pages.jsonl"],
  WACZ_BAD_RESOURCE: ["error", "datapackage.json"],
  WACZ_BAD_SIZE: ["error", "datapackage.json"],
  WACZ_FILE_NAME: ["warning", "zip format file extension"],
  WACZ_FOREIGN_FILE: ["warning", "other files and directories"],
  WACZ_INDEX_ORDER: ["error", "indexes"],
  WACZ_INDEX_PLACE: ["error", "indexes"],
  WACZ_MISSING_FILE: ["error", "datapackage.json"],
  WACZ_NO_ARCHIVE: ["error", "archive"],
  WACZ_NO_CONTEXT: ["note", "datapackage.json"],
  WACZ_NO_DATAPACKAGE: ["error", "datapackage.json"],
  WACZ_NO_DIGEST: ["warning", "datapackage-digest.json"],
  WACZ_NO_INDEX: ["error", "indexes"],
  WACZ_NO_PAGES: ["error", "pages.jsonl"],
  WACZ_NO_PAGES_HEADER: ["note", "pages.jsonl"],
  WACZ_NO_VERSION: ["error", "datapackage.json"],
  WACZ_OLD_RESOURCE: ["warning", "datapackage.json"],
  WACZ_OTHER_VERSION: ["warning", "datapackage.json"],
  WACZ_PACKED: ["error", "zip compression"],
  WACZ_PROFILE: ["warning", "datapackage.json"],
  WACZ_UNLISTED_FILE: ["error", "other files and directories"],
} as const satisfies Readonly<Record<string, readonly [Severity, string]>>;

type WaczCode = keyof typeof rules;

/** All that can be found, in alphabetical order. */
export const waczCodes: readonly string[] = Object.keys(rules);

/** Where in a WACZ file: which of its files, and which line of that; all of it where no file is named. */
export interface WaczPlace {
  readonly entry?: ZipEntry | undefined;
  /** From 1. */
  readonly line?: number;
  /** Bytes from the start of the file when it is unpacked. */
  readonly at?: number;
}

/** `offset` is that of the file in the ZIP file, `plainOffset` that in the file itself. */
export function waczFinding(code: WaczCode, message: string, { entry, line, at = 0 }: WaczPlace = {}): Finding {
  const [severity, section] = rules[code];
  const place = { offset: entry?.offset ?? 0, plainOffset: at, ...(line !== undefined && { line }) };
  return { code, severity, message, clause: `WACZ 1.1.1, ${section}`, done: "went on", ...place };
}
