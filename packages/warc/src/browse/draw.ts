import { fit } from "./cells.ts";
import type { ListedRecord } from "./record-list.ts";

/** Cells of the terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What is on the screen. */
export type Scene =
  | {
      readonly kind: "list";
      readonly name: string;
      readonly rows: readonly ListedRecord[];
      /** Which of the rows is chosen. */
      readonly chosen: number;
      /** Of the whole list, from 0. */
      readonly number: number;
      readonly known: number;
      readonly isComplete: boolean;
      /** Whether more of its rows are being read. */
      readonly isReading: boolean;
      readonly words: string;
      /** What is being typed, where the list is about to be filtered. */
      readonly typed: string | undefined;
    }
  | { readonly kind: "record"; readonly name: string; readonly lines: readonly string[]; readonly top: number };

/** Rows between the two that say where one is and what one can do. */
export function roomOf({ rows }: Size): number {
  return Math.max(1, rows - 2);
}

/** The lines of the screen, each as wide as it. Too narrow a one shows what there is room for. */
export function draw(scene: Scene, size: Size): readonly string[] {
  const { columns } = size;
  const body = scene.kind === "list" ? listLines(scene, columns) : scene.lines.slice(scene.top).map((line) => fit(line, columns));
  const room = roomOf(size);
  const filled = [...body.slice(0, room), ...Array.from({ length: Math.max(0, room - body.length) }, () => fit("", columns))];
  return [inverse(fit(` ${titleOf(scene)}`, columns)), ...filled, inverse(fit(` ${hintOf(scene, size)}`, columns))];
}

function titleOf(scene: Scene): string {
  if (scene.kind === "record") return scene.name;
  const found = `${scene.known}${scene.isComplete ? "" : "+"} records`;
  return `${scene.name}  ${found}${scene.words === "" ? "" : ` with "${scene.words}"`}`;
}

function hintOf(scene: Scene, size: Size): string {
  if (scene.kind === "record") {
    const last = Math.min(scene.lines.length, scene.top + roomOf(size));
    return `${scene.top + 1}–${last} of ${scene.lines.length}   ↑↓ scroll  n next  p previous  Esc list  q quit`;
  }
  if (scene.typed !== undefined) return `/${scene.typed}▏   Enter filters, Esc does not`;
  if (scene.isReading) return "Reading…   q quit";
  if (scene.known === 0) return scene.words === "" ? "No record  q quit" : "No record has that  / filter  q quit";
  return `${scene.number + 1}   ↑↓ n p move  Enter show  / filter  q quit`;
}

function listLines({ rows, chosen }: Extract<Scene, { kind: "list" }>, columns: number): readonly string[] {
  return rows.map((row, index) => {
    const line = fit(rowText(row, columns), columns);
    return index === chosen ? inverse(line) : line;
  });
}

/** On a narrow screen the URL matters most. */
function rowText({ type, date, contentLength, targetUri }: ListedRecord, columns: number): string {
  const size = contentLength === undefined ? "?" : sizeText(contentLength);
  if (columns < 60) return ` ${fit(type, 9)} ${targetUri}`;
  return ` ${fit(type, 12)} ${fit(date, 19)} ${size.padStart(7)}  ${targetUri}`;
}

/** In four digits at most. */
export function sizeText(bytes: number): string {
  let value = bytes;
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (value < 999.5) return `${unit === "B" || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${unit}`;
    value /= 1000;
  }
  return `${value.toFixed(1)} TB`;
}

function inverse(text: string): string {
  return `\x1b[7m${text}\x1b[0m`;
}
