import { WarcError } from "../error.ts";
import type { Packing } from "./pack-record.ts";

/** Of each packing, as everybody names them (ISO 28500:2017 C.1 and warc-zstd). */
const extensions: Readonly<Record<Packing["kind"], string>> = { plain: ".warc", gzip: ".warc.gz", zstd: ".warc.zst" };

/**
 * The name of a file: its pattern with `{timestamp}` as 14 digits in UTC and `{serial}` as five or more, and the extension of its packing.
 * Throws `BAD_NAME_PATTERN` where it holds another name in braces.
 */
export function nameOfFile(pattern: string, packing: Packing["kind"], serial: number, begun: Date): string {
  const values = new Map([
    ["{timestamp}", begun.toISOString().replace(/\D/g, "").slice(0, 14)],
    ["{serial}", String(serial).padStart(5, "0")],
  ]);
  const name = pattern.replace(/\{[^{}]*\}/g, (placeholder) => {
    const value = values.get(placeholder);
    if (value !== undefined) return value;
    throw badPattern(pattern, `${placeholder} stands for nothing`, "Use {timestamp} and {serial}, and no other braces");
  });
  return `${name}${extensions[packing]}`;
}

/** Throws `BAD_NAME_PATTERN` where files that follow one another would have the same name. */
export function requireSerial(pattern: string): void {
  if (!pattern.includes("{serial}"))
    throw badPattern(pattern, "all files would have the same name", "Put {serial} into it, or set neither maxSize nor maxAge");
}

function badPattern(pattern: string, what: string, fix: string): WarcError {
  return new WarcError("BAD_NAME_PATTERN", `Cannot name files by ${JSON.stringify(pattern)}: ${what}`, fix);
}
