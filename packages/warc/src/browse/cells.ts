/** Characters that take two cells of a terminal: those of East Asia, and pictures. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Those that take none, and those that would move the cursor or turn the line round. */
const unseen = /[\p{Mn}\p{Me}]/u;
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/** Text that fits into so many cells, and fills them. What an archive says cannot command the terminal: its control characters become a point. */
export function fit(text: string, cells: number): string {
  let out = "";
  let used = 0;
  for (const character of text) {
    const shown = character === "\t" ? " " : unsafe.test(character) ? "·" : character;
    const width = unseen.test(shown) ? 0 : wide.test(shown) ? 2 : 1;
    if (used + width > cells) break;
    out += shown;
    used += width;
    // Hundreds of accents on one letter fill no cell, and a line all the same.
    if (out.length > 4 * cells) break;
  }
  return out + " ".repeat(cells - used);
}
