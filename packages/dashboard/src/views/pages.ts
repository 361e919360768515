import type { Page } from "@fettle/engine";
import { html, raw } from "hono/html";
import { acknowledgeButton } from "./act.ts";
import { command } from "./command.ts";
import { relative } from "./instant.ts";
import { type Html, severityMark } from "./mark.ts";
import { instanceUrl, type Seen, type View } from "./view.ts";

/** Calls for a person: what is open, who took it on, and what is over. */
export async function pages({ client, now }: Seen, all: boolean): Promise<View> {
  const shown = await client.pages({ all });
  return {
    title: "Pages",
    place: "pages",
    up: "/",
    body: html`<h1>Pages</h1>
      <ul class="facets"><li><a href="/pages"${raw(all ? "" : ' aria-current="true"')}>open</a></li><li><a href="/pages?all=1"${raw(all ? ' aria-current="true"' : "")}>all</a></li></ul>
      ${shown.length === 0 ? html`<p class="fine">${all ? "Nobody was ever paged." : "No page is open."}</p>` : table(shown, now)}
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
    <td>${say}<br><a data-open href="${instanceUrl({ machine, key })}">${key}</a> <span class="quiet">${machine}</span></td>
    <td class="number">${count.toLocaleString("en")}<span class="narrow"> times</span></td>
    <td>${relative(last, now)}</td>
    <td>${stateOf(page, now)}</td>
    <td class="acts">${!acknowledged && resolved === null && acknowledgeButton(page)}</td>
  </tr>`;
}

function stateOf({ acknowledged, resolved, opened }: Page, now: Date): Html {
  const taken = acknowledged && html`acknowledged by ${acknowledged.by} ${relative(acknowledged.at, now)}: “${acknowledged.note}”`;
  if (resolved !== null) return html`resolved ${relative(resolved, now)}${taken && html`<br><span class="quiet">${taken}</span>`}`;
  return taken ?? html`<b>open</b> since ${relative(opened, now)}`;
}
