export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly values: readonly number[];
}

const width = 760;
const panelHeight = 130;
const plot = { left: 84, right: 16, top: 34, bottom: 22 } as const;

/** One line a panel, one below the other over the same time, each from zero. Readable on a light and on a dark page. */
export function chart(title: string, minutes: readonly number[], panels: readonly Panel[]): string {
  const height = 40 + panels.length * panelHeight + 24;
  const end = minutes.at(-1) ?? 0;
  const drawn = panels.map((panel, index) => panelSvg(panel, minutes, end, 40 + index * panelHeight));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<style>
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 14px; }
  .quiet { fill: #59636e; }
  .grid { stroke: #d1d9e0; fill: none; }
  .line { stroke: #0757ba; stroke-width: 1.5; fill: none; stroke-linejoin: round; }
  .page { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .line { stroke: #6cb6ff; }
    .page { fill: #0d1117; }
  }
</style>
<rect class="page" width="100%" height="100%"/>
<text class="title" x="16" y="24">${escape(title)}</text>
${drawn.join("\n")}
<text class="quiet" x="${width - plot.right}" y="${height - 8}" text-anchor="end">minutes</text>
</svg>
`;
}

function panelSvg({ title, unit, values }: Panel, minutes: readonly number[], end: number, top: number): string {
  const most = ceiling(Math.max(...values, 0));
  const bottom = top + panelHeight - plot.bottom;
  const x = (minute: number) => plot.left + (minute / (end || 1)) * (width - plot.left - plot.right);
  const y = (value: number) => bottom - (value / (most || 1)) * (bottom - top - plot.top);
  const line = values
    .map((value, index) => `${index === 0 ? "M" : "L"}${x(minutes[index] ?? 0).toFixed(1)} ${y(value).toFixed(1)}`)
    .join("");
  const marks = [0, most / 2, most].map(
    (value) =>
      `<path class="grid" d="M${plot.left} ${y(value).toFixed(1)}H${width - plot.right}"/>` +
      `<text class="quiet" x="${plot.left - 8}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${value.toLocaleString("en")}</text>`,
  );
  const times = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text class="quiet" x="${x(share * end).toFixed(1)}" y="${bottom + 16}" text-anchor="middle">${Number((share * end).toFixed(1))}</text>`,
  );
  return `<text x="${plot.left}" y="${top + 20}">${escape(title)} <tspan class="quiet">${escape(unit)}</tspan></text>
${marks.join("")}${times.join("")}
<path class="line" d="${line}"/>`;
}

/** The next of 1, 2, 4, 5, 6, 8, 10 times a power of ten, so that half of it is round too. */
function ceiling(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 6, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
