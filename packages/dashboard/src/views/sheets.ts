import { html } from "hono/html";
import type { Html } from "./mark.ts";

const keys: readonly (readonly [keys: string, does: string])[] = [
  ["/", "filter instances"],
  ["j k", "next and previous row"],
  ["Enter", "open the row"],
  ["Esc", "close, or go back"],
  ["r", "retry"],
  ["s", "signal"],
  ["p", "pause or resume"],
  ["a", "acknowledge"],
  [".", "show new rows"],
  ["t", "light or dark"],
  ["g a", "Attention"],
  ["g i", "Instances"],
  ["g o", "Rollouts"],
  ["g m", "Machines"],
  ["g p", "Pages"],
  ["?", "these keys"],
];

/** The two sheets of every view: one that asks before an act (a button's data fills it), one that lists the keys. */
export function sheets(): Html {
  return html`<dialog id="sheet" aria-labelledby="sheet-title"><form method="dialog">
  <h2 id="sheet-title"></h2>
  <p id="sheet-say"></p>
  <div id="sheet-fields"></div>
  <label>Why? <input name="why" required maxlength="500" autocomplete="off"></label>
  <p id="sheet-error" class="refused" role="alert" hidden></p>
  <p class="acts"><button type="submit" class="primary" id="sheet-do"></button> <button type="button" data-close>Cancel</button></p>
</form></dialog>
<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keys</h2>
  <dl>${keys.map(([key, does]) => html`<div><dt>${key.split(" ").map((one) => html`<kbd>${one}</kbd> `)}</dt><dd>${does}</dd></div>`)}</dl>
  <p class="acts"><button type="button" data-close>Close</button></p>
</dialog>`;
}
