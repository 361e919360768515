import { stripVTControlCharacters } from "node:util";
import { dim } from "./paint.ts";

export type Row = Readonly<Record<string, string>>;

const gap = 2;
/** No column is cut below this. */
const narrowest = 8;

/** Aligned, with the column names on top, cut to `width` by shortening the widest columns. */
export function alignedTable(rows: readonly Row[], width: number): string {
  const names = Object.keys(rows[0] ?? {});
  const header = Object.fromEntries(names.map((name) => [name, dim(name)]));
  const lines = [header, ...rows].map((row) => names.map((name) => printable(row[name] ?? "")));
  const widths = fit(
    names.map((_, column) => Math.max(...lines.map((line) => length(line[column] ?? "")))),
    width,
  );
  return lines
    .map((line) =>
      cut(
        line
          .map((cell, column) => pad(cut(cell, widths[column] ?? 0), widths[column] ?? 0))
          .join("  ")
          .trimEnd(),
        width,
      ),
    )
    .join("\n");
}

/** A line a row, a tab between cells, for programs. */
export function tabbedTable(rows: readonly Row[]): string {
  return rows.map((row) => Object.values(row).map(plain).join("\t")).join("\n");
}

/** Shortens to `width` letters; a text that is painted as a whole keeps its colour. */
export function cut(text: string, width: number): string {
  if (length(text) <= width) return text;
  const [, before = "", after = ""] = paintedWhole.exec(text) ?? [];
  return `${before}${[...stripVTControlCharacters(text)].slice(0, Math.max(0, width - 1)).join("")}…${after}`;
}

/** One line without control characters: an error from outside must not move the cursor or make a new row. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, " ");
}

const colour = String.raw`\u001b\[[0-9;]*m`;
const paintedWhole = new RegExp(`^((?:${colour})+)[^\\u001b]*((?:${colour})+)$`, "u");
const colourOrControl = new RegExp(`${colour}|\\p{Cc}`, "gu");

/** Keeps colours, and nothing else that a terminal obeys. */
function printable(text: string): string {
  return text.replaceAll(colourOrControl, (match) => (match.length > 1 ? match : " "));
}

/** Shortens the widest column again and again; never the first, which names the row and is there to be copied. */
function fit(natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, each) => sum + each, 0) + gap * (widths.length - 1);
  while (total() > width) {
    const widest = Math.max(...widths.slice(1));
    if (widest <= narrowest) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

function length(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - length(text)));
}

/** Lines of at most `width` letters, broken between words. */
export function wrapped(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(/(?<=\s)(?=\S)/)) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && length(line) + length(word.trimEnd()) > width) lines.push(word);
    else lines[lines.length - 1] = line + word;
  }
  return lines.map((line) => line.trimEnd());
}
