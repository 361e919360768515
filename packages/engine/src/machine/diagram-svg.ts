import { type Arrow, type Box, diagramLayout, type Layout, type Point } from "./diagram-layout.ts";
import type { Table } from "./diagram-table.ts";

export interface DiagramOptions {
  /** The present state: lit. */
  readonly state?: string | undefined;
  /** Transitions that were made: strong. With them given, what was not walked is dim. */
  readonly walked?: readonly (readonly [from: string, to: string])[] | undefined;
  /** Instances in each state. */
  readonly counts?: Readonly<Record<string, number>> | undefined;
  /** Stuck instances in each state: a badge. */
  readonly stuck?: Readonly<Record<string, number>> | undefined;
}

/**
 * A machine as one SVG element of a size that depends on the table only. It stands alone in one colour (`currentColor`) and is read by
 * weight and shape, not by hue; a page's CSS may colour the classes `state`, `present`, `walked`, `dim`, `end`, `arrow`, `count` and `stuck`.
 */
export function diagramSvg(table: Table, options: DiagramOptions = {}): string {
  const layout = diagramLayout(table);
  const look = lookOf(options);
  const { width, height } = layout;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="diagram" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` fill="none" stroke="currentColor" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(titleOf(table, options))}</title>`,
    startDot(layout, table.start),
    // Walked arrows last: where arrows cross, the way that was taken stays whole.
    ...layout.arrows
      .toSorted((a, b) => Number(look.walked(a)) - Number(look.walked(b)))
      .map((arrow) => drawArrow(arrow, look.arrow(arrow))),
    ...layout.boxes.map((box) => drawBox(box, look.box(box.state, isEnd(table, box.state)), options)),
    "</svg>",
  ].join("");
}

function titleOf({ name, transitions }: Table, { state, counts }: DiagramOptions): string {
  const what = `${name}: ${Object.keys(transitions).length} states`;
  if (state !== undefined) return `${what}, now in ${state}`;
  return counts ? `${what}, with the instances in each` : what;
}

function isEnd(table: Table, state: string): boolean {
  return !Object.hasOwn(table.transitions, state) || table.transitions[state]?.length === 0;
}

interface Look {
  walked(arrow: Arrow): boolean;
  arrow(arrow: Arrow): string;
  box(state: string, end: boolean): string;
}

/** The classes of every part: what is present, walked, or neither. */
function lookOf({ state: present, walked }: DiagramOptions): Look {
  const ways = new Set(walked?.map((way) => JSON.stringify(way)));
  const passed = new Set(walked?.flat());
  const isWalked = ({ from, to }: Arrow) => ways.has(JSON.stringify([from, to]));
  return {
    walked: isWalked,
    arrow: (arrow) => (isWalked(arrow) ? "arrow walked" : walked ? "arrow dim" : "arrow"),
    box: (state, end) => {
      const when = state === present ? " present" : passed.has(state) ? " walked" : walked ? " dim" : "";
      return `state${when}${end ? " end" : ""}`;
    },
  };
}

const weight = { present: 2.5, walked: 2, plain: 1.2 } as const;

function weightOf(look: string): number {
  if (look.includes("present")) return weight.present;
  return look.includes("walked") ? weight.walked : weight.plain;
}

function opacityOf(look: string): string {
  return look.includes(" dim") ? ` opacity="0.65"` : "";
}

function drawBox(box: Box, look: string, { counts, stuck }: DiagramOptions): string {
  const { state, x, y, width, height } = box;
  const [left, top] = [x - width / 2, y - height / 2];
  const count = counts && (own(counts, state) ?? 0);
  const isPresent = look.includes("present");
  const bold = isPresent || look.includes("walked") ? ` font-weight="600"` : "";
  return [
    `<g class="${look}" data-state="${escaped(state)}"${opacityOf(look)}>`,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="${look.includes("end") ? height / 2 : 6}" stroke-width="${weightOf(look)}"`,
    isPresent ? ` fill="currentColor" fill-opacity="0.12"/>` : "/>",
    text(x, count === undefined ? y : y - 7, state, bold),
    count === undefined ? "" : text(x, y + 10, count.toLocaleString("en"), ` class="count" font-size="12"`),
    badge(box, (stuck && own(stuck, state)) ?? 0),
    "</g>",
  ].join("");
}

function own(counts: Readonly<Record<string, number>>, state: string): number | undefined {
  return Object.hasOwn(counts, state) ? counts[state] : undefined;
}

function badge({ x, y, height }: Box, stuck: number): string {
  if (stuck === 0) return "";
  const label = `● ${stuck.toLocaleString("en")} stuck`;
  const wide = label.length * 6.4 + 12;
  const top = y + height / 2 - 1;
  return [
    `<g class="stuck"><rect x="${x - wide / 2}" y="${top}" width="${wide}" height="18" rx="9" fill="Canvas" stroke-width="1.5"/>`,
    text(x, top + 9, label, ` font-size="11" font-weight="600"`),
    "</g>",
  ].join("");
}

function text(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${x}" y="${y}" text-anchor="middle" dominant-baseline="central" fill="currentColor" stroke="none"${attributes}>${escaped(content)}</text>`;
}

function startDot({ boxes }: Layout, start: string): string {
  const box = boxes.find(({ state }) => state === start);
  if (!box) return "";
  const left = box.x - box.width / 2;
  return `<path class="arrow" d="M${left - 14} ${box.y}H${left}" stroke-width="1.2"/><circle cx="${left - 15}" cy="${box.y}" r="4" fill="currentColor" stroke="none"/>`;
}

function drawArrow({ points }: Arrow, look: string): string {
  const last = points.at(-1) as Point;
  const before = points.at(-2) ?? last;
  return [
    `<g class="${look}"${opacityOf(look)}>`,
    `<path d="${curve(points)}" stroke-width="${weightOf(look)}"/>`,
    `<path d="${head(before, last)}" fill="currentColor" stroke="none"/>`,
    "</g>",
  ].join("");
}

/** A smooth line: straight to the first middle, then bent around each inner point. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points as readonly [Point, ...Point[]];
  const bends = rest.slice(0, -1).map((point, index) => {
    const end = index === rest.length - 2 ? (rest.at(-1) as Point) : middle(point, rest[index + 1] as Point);
    return `Q${at(point)} ${at(end)}`;
  });
  return `M${at(first)}${bends.join("") || rest.map((point) => `L${at(point)}`).join("")}`;
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function head(before: Point, tip: Point): string {
  const angle = Math.atan2(tip.y - before.y, tip.x - before.x);
  const corner = (turn: number) => ({ x: tip.x - 8 * Math.cos(angle + turn), y: tip.y - 8 * Math.sin(angle + turn) });
  return `M${at(tip)}L${at(corner(0.42))}L${at(corner(-0.42))}Z`;
}

function at({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** XML has no way to write most control characters, so they become U+FFFD. */
function escaped(content: string): string {
  return content.replace(/[&<>"']/g, (character) => entities[character] as string).replace(/\p{Cc}|\p{Cs}|[\uFFFE\uFFFF]/gu, "\uFFFD");
}
