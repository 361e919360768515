import type { Finding } from "../finding.ts";
import { cdx9, cdx10, cdx11, type Legend, parseCdx, parseLegend } from "./cdx.ts";
import { looksLikeCdxj, parseCdxj } from "./cdxj.ts";
import type { Indexed, LineFault, ParsedLine } from "./indexed.ts";
import { type Line, readLines } from "./lines.ts";

/**
 * Reads an index of either kind, by its header line or, where it has none, by its first line. What cannot be read is told to `onFinding`
 * with the number of its line and left out; nothing is thrown but what the source throws. Holds one line.
 */
export async function* readIndex(source: AsyncIterable<Uint8Array>, onFinding: (finding: Finding) => void): AsyncGenerator<Indexed> {
  let legend: Legend | undefined;
  const utf8 = new TextDecoder();
  for await (const line of readLines(source)) {
    const text = utf8.decode(line.bytes);
    const header = parseLegend(text);
    if (header) legend = header;
    if (header || text === "" || text.startsWith("!")) continue;
    const { entry, faults } = line.isCut ? cut : parseIndexLine(text, legend);
    for (const fault of faults) onFinding(locate(fault, line));
    if (entry) yield entry;
  }
}

/** Reads a line of either kind; without a legend the number of fields tells which one it is. */
export function parseIndexLine(line: string, legend?: Legend): ParsedLine {
  if (legend) return parseCdx(line, legend);
  if (looksLikeCdxj(line)) return parseCdxj(line);
  const fields = line.split(" ").length;
  return parseCdx(line, fields <= 9 ? cdx9 : fields === 10 ? cdx10 : cdx11);
}

const cut: ParsedLine = {
  faults: [{ code: "LINE_TOO_LONG", message: "Expected a line of at most 1 MiB", done: "skipped the line" }],
};

function locate({ code, message, done }: LineFault, { number, offset }: Line): Finding {
  return { code, severity: "warning", message, clause: "CDX and CDXJ file formats", done, offset, plainOffset: offset, line: number };
}
