import { longestWay, type Table, transitionsOf } from "./diagram-table.ts";

/**
 * A machine for the terminal: its longest way from the start on one line, then a line a state for the transitions that are left.
 * `state` is marked, as in `confirming → [fencing] → promoting → recovered`.
 */
export function diagramText(table: Table, { state }: { readonly state?: string | undefined } = {}): string {
  const transitions = transitionsOf(table);
  const spine = longestWay(table);
  const drawn = new Set(spine.slice(1).map((to, index) => arrow(spine[index] as string, to)));
  const left = transitions.filter(([from, to]) => !drawn.has(arrow(from, to)));
  const say = markingFirst(state);

  const lines = [spine.map(say).join(" → ")];
  const rest = Map.groupBy(left, ([from]) => from);
  for (const [from, group] of rest) {
    lines.push(`${lines.length === 1 ? "  also " : "       "}${say(from)} → ${group.map(([, to]) => say(to)).join(", ")}`);
  }
  const mentioned = new Set([...spine, ...left.flat()]);
  const alone = Object.keys(table.transitions).filter((other) => !mentioned.has(other));
  if (alone.length > 0) lines.push(`  never reached: ${alone.map(say).join(", ")}`);
  if (state !== undefined && !mentioned.has(state) && !alone.includes(state)) lines.push(`  not in the table: ${say(state)}`);
  return lines.join("\n");
}

function arrow(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

/** Writes a state's name, in brackets the first time that it is the present one. */
function markingFirst(state: string | undefined): (name: string) => string {
  let marked = false;
  return (name) => {
    const shown = printable(name);
    if (name !== state || marked) return shown;
    marked = true;
    return `[${shown}]`;
  };
}

/** A terminal obeys control characters; a state's name must not command it. */
function printable(name: string): string {
  return name.replace(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
