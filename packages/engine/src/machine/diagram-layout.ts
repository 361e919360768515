import { Graph, layout as place } from "@dagrejs/dagre";
import { longestWay, statesOf, type Table, transitionsOf } from "./diagram-table.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A state's box. `x` and `y` are its middle. */
export interface Box extends Point {
  readonly state: string;
  readonly width: number;
  readonly height: number;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** From the border of `from` to the border of `to`; a loop leaves and enters the top of its state. */
  readonly points: readonly Point[];
}

/** Where everything of a diagram lies, in pixels. It depends on the table only, so a machine's diagram has one size for good. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

const box = { height: 40, perCharacter: 7.4, padding: 26, least: 72 } as const;
const loop = { height: 13, reach: 9 } as const;
/** Room for the dot in front of the start, and for the badge below a state. */
const margin = { x: 22, y: 20 } as const;
/** A wider diagram runs from top to bottom instead. */
const widest = 1000;

/** Places the states and arrows of any table: left to right, or top to bottom where that would be too wide for a screen. */
export function diagramLayout(table: Table): Layout {
  const across = run(table, "LR");
  if (across.width <= widest) return across;
  const down = run(table, "TB");
  return down.width < across.width ? down : across;
}

function run(table: Table, rankdir: "LR" | "TB"): Layout {
  const states = statesOf(table);
  const transitions = transitionsOf(table);
  const graph = new Graph();
  graph.setGraph({ rankdir, nodesep: 22, ranksep: rankdir === "LR" ? 34 : 30, edgesep: 14 });
  // States are numbered: a name such as `__proto__` is a fine state and a poor property.
  const number = new Map(states.map((state, index) => [state, `s${index}`]));
  const id = (state: string) => number.get(state) ?? state;
  for (const state of states) graph.setNode(id(state), { width: widthOf(state), height: box.height });
  const spine = longestWay(table);
  for (const [from, to] of transitions) {
    // The main way is drawn as straight as it can be.
    if (from !== to) graph.setEdge(id(from), id(to), { weight: spine.indexOf(to) === spine.indexOf(from) + 1 ? 8 : 1 });
  }
  place(graph);

  const boxes = states.map((state) => boxOf(state, graph.node(id(state))));
  const arrows = transitions.map(([from, to]) => {
    if (from === to) return { from, to, points: loopOver(boxes[states.indexOf(from)] as Box) };
    return { from, to, points: graph.edge(id(from), id(to)).points as Point[] };
  });
  return framed(boxes, arrows);
}

/** Moves everything to the margin. dagre's own size forgets the arrows that pass outside of all states. */
function framed(boxes: readonly Box[], arrows: readonly Arrow[]): Layout {
  const points = arrows.flatMap((arrow) => arrow.points);
  const [left, right] = range([...boxes.flatMap(({ x, width }) => [x - width / 2, x + width / 2]), ...points.map(({ x }) => x)]);
  const [top, bottom] = range([...boxes.flatMap(({ y, height }) => [y - height / 2, y + height / 2]), ...points.map(({ y }) => y)]);
  const move = <P extends Point>(point: P): P => ({ ...point, x: point.x - left + margin.x, y: point.y - top + margin.y });
  return {
    width: Math.ceil(right - left + 2 * margin.x),
    height: Math.ceil(bottom - top + 2 * margin.y),
    boxes: boxes.map(move),
    arrows: arrows.map((arrow) => ({ ...arrow, points: arrow.points.map(move) })),
  };
}

function range(values: readonly number[]): readonly [least: number, most: number] {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

function boxOf(state: string, placed: { x?: number; y?: number }): Box {
  return { state, x: placed.x ?? 0, y: placed.y ?? 0, width: widthOf(state), height: box.height };
}

function widthOf(state: string): number {
  return Math.max(box.least, Math.ceil([...state].length * box.perCharacter + box.padding));
}

function loopOver({ x, y, height }: Box): readonly Point[] {
  const top = y - height / 2;
  return [
    { x: x - loop.reach, y: top },
    { x: x - loop.reach, y: top - loop.height },
    { x: x + loop.reach, y: top - loop.height },
    { x: x + loop.reach, y: top },
  ];
}
