import { type Page, rolloutName, spell, type WaySummary } from "@fettle/engine";
import { html, raw } from "hono/html";
import { acknowledgeButton } from "./act.ts";
import { command } from "./command.ts";
import { relative } from "./instant.ts";
import { type Html, severityMark } from "./mark.ts";
import { instanceUrl, plural, rolloutUrl, type Seen, type View } from "./view.ts";

/** Calls for a person: what is open, who took it on, and what is over. */
export async function pages({ client, now }: Seen, all: boolean): Promise<View> {
  const [shown, ways] = await Promise.all([client.pages({ all }), client.ways()]);
  return {
    title: "Pages",
    place: "pages",
    up: "/",
    body: html`<h1>Pages</h1>
      <ul class="facets"><li><a href="/pages"${raw(all ? "" : ' aria-current="true"')}>open</a></li><li><a href="/pages?all=1"${raw(all ? ' aria-current="true"' : "")}>all</a></li></ul>
      ${shown.length === 0 ? html`<p class="fine">${all ? "Nobody was ever paged." : "No page is open."}</p>` : table(shown, now)}
      ${ways.length > 0 && wayTable(ways, now)}
      ${command("fettle", "pages", ...(all ? ["--all"] : []))}`,
  };
}

function table(pages: readonly Page[], now: Date): Html {
  return html`<div class="wide"><table class="rows">
    <thead><tr><th>Severity</th><th>What</th><th class="number">Times</th><th>Last</th><th>State of it</th><th></th></tr></thead>
    <tbody data-list>${pages.map((page) => row(page, now))}</tbody></table></div>`;
}

function row(page: Page, now: Date): Html {
  const { id, severity, say, machine, key, count, last, acknowledged, resolved } = page;
  return html`<tr data-row="${id}"${resolved !== null && raw(' class="over"')}>
    <td>${severityMark(severity)}</td>
    <td>${say}<br>${thing(machine, key)} <span class="quiet">${machine}</span></td>
    <td class="number">${count.toLocaleString("en")}<span class="narrow"> times</span></td>
    <td>${relative(last, now)}</td>
    <td>${stateOf(page, now)}</td>
    <td class="acts">${!acknowledged && resolved === null && acknowledgeButton(page)}</td>
  </tr>`;
}

/** What is about fettle itself has no view of its own. */
function thing(machine: string, key: string): Html {
  if (machine === rolloutName) return html`<a data-open href="${rolloutUrl(key)}">${key}</a>`;
  if (machine.startsWith("fettle/")) return html`${key}`;
  return html`<a data-open href="${instanceUrl({ machine, key })}">${key}</a>`;
}

function stateOf(page: Page, now: Date): Html {
  const { acknowledged, resolved, opened, suppressedBy, next } = page;
  const taken = acknowledged && html`acknowledged by ${acknowledged.by} ${relative(acknowledged.at, now)}: “${acknowledged.note}”`;
  const told = deliveryList(page, now);
  if (resolved !== null) return html`resolved ${relative(resolved, now)}${taken && html`<br><span class="quiet">${taken}</span>`}${told}`;
  if (taken) return html`${taken}${told}`;
  if (suppressedBy !== null)
    return html`<b>open</b> since ${relative(opened, now)}, held back by page ${suppressedBy}, which says it already`;
  const calls =
    next &&
    html`<br><span class="quiet">calls ${next.via.join(" and ")}${next.act === "repeat" && " again"} ${relative(next.at, now)}</span>`;
  return html`<b>open</b> since ${relative(opened, now)}${calls}${told}`;
}

const told = {
  open: "called",
  repeat: "called again",
  acknowledge: "told who is on it",
  resolve: "told that it is over",
  test: "tested",
} as const;

function deliveryList({ deliveries }: Page, now: Date): Html | false {
  return (
    deliveries.length > 0 &&
    html`<details><summary>What was told</summary><ul>${deliveries.map(
      ({ via, act, at, delivered, due, attempts, error }) =>
        html`<li>${via} ${told[act]} ${relative(delivered ?? at, now)}${
          delivered === null && html`: ${due === null ? "given up" : html`not yet, after ${plural(attempts, "attempt")}`}`
        }${error && html` <span class="quiet">${error}</span>`}</li>`,
    )}</ul></details>`
  );
}

/** Whom a page calls, in this order, and whether it gets through. */
function wayTable(ways: readonly WaySummary[], now: Date): Html {
  return html`<h2>Ways to a person</h2><div class="wide"><table class="rows"><thead><tr><th>Way</th><th>Called</th><th>Works</th></tr></thead>
    <tbody>${ways.map(
      ({ name, after, repeat, worked, failing }) => html`<tr data-row="${name}"><td>${name}</td>
        <td>${after === 0 ? "at once" : `after ${spell(after)}`}, again each ${spell(repeat)}</td>
        <td>${failing ? html`<b>fails</b> since ${relative(failing, now)}` : worked ? html`worked ${relative(worked, now)}` : "not tried yet"}</td></tr>`,
    )}</tbody></table></div>`;
}
