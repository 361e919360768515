import { FettleError, type Filter, type InstanceSummary, type Listing, type StateCount } from "@fettle/engine";
import { html } from "hono/html";
import { filterWords, instancesUrl, parseFilter, spellFilter } from "../filter.ts";
import { command } from "./command.ts";
import { lasting } from "./instant.ts";
import { type Html, stateMark } from "./mark.ts";
import { next } from "./next.ts";
import { manyButtons } from "./rollout-acts.ts";
import { instanceUrl, plural, type Seen, type View } from "./view.ts";

const few = 100;
const many = 1000;

/** What a filter selects, newest state first, with the counts by state as links. */
export async function instances({ client, now }: Seen, line: string, all: boolean): Promise<View> {
  const read = readable(line);
  if (read instanceof FettleError) return shown(line, refused(read));
  const listing = await client.list({ ...read, limit: all ? many : few });
  if (listing.total === 0) return shown(line, await nothing(read, (filter) => client.list({ ...filter, limit: 1 })));
  return shown(
    line,
    html`${facets(read, listing)} ${manyButtons(read, listing)} ${table(listing, now)} ${rest(line, listing, all)} ${command("fettle", "ls", ...filterWords(read))}`,
  );
}

function readable(line: string): Filter | FettleError {
  try {
    return parseFilter(line);
  } catch (error) {
    if (error instanceof FettleError) return error;
    throw error;
  }
}

function shown(line: string, body: Html): View {
  return { title: line === "" ? "Instances" : line, place: "instances", up: "/", filter: line, body: html`<h1>Instances</h1>${body}` };
}

function refused({ message, fix }: FettleError): Html {
  return html`<section class="problem" role="alert"><h2>${message}</h2><p class="fix">${fix}</p></section>`;
}

/** Says what would match with less asked for. */
async function nothing(filter: Filter, list: (filter: Filter) => Promise<Listing>): Promise<Html> {
  const line = spellFilter(filter);
  if (line === "") return html`<p class="fine">No instance was ever started. Start one: <code>fettle start MACHINE KEY</code></p>`;
  const { labels, ...wider } = filter;
  const without = labels === undefined ? null : (await list(wider)).total;
  const anywhere = (await list({})).total;
  const rest = without !== null && html`; <a href="${instancesUrl(wider)}">${without.toLocaleString("en")} without the label</a>`;
  return html`<p class="fine">Nothing matches <code>${line}</code>${rest}.
    <a href="/instances">All ${anywhere.toLocaleString("en")}</a></p>`;
}

/** How many are in each state, a line a machine; each is a link to those alone. */
function facets(filter: Filter, { counts, total }: Listing): Html {
  const { status: _, ...wider } = filter;
  const line = spellFilter(filter);
  const link = (one: StateCount) =>
    html`<li><a href="${instancesUrl({ ...wider, ...only(one) })}">${stateMark(one)} <b>${one.count.toLocaleString("en")}</b></a></li>`;
  const all = line === "" ? html`<a href="/instances" aria-current="true">all` : html`<a href="/instances">show all; matching`;
  return html`<ul class="facets"><li>${all} <b>${total.toLocaleString("en")}</b></a></li></ul>
    ${[...Map.groupBy(counts, ({ machine }) => machine)].map(
      ([machine, states]) =>
        html`<ul class="facets" aria-label="${machine} by state"><li class="quiet">${machine}</li>${states.map(link)}</ul>`,
    )}`;
}

function only({ machine, state, status }: StateCount): Filter {
  return { machine, state, status };
}

function table({ instances }: Listing, now: Date): Html {
  return html`<div class="wide"><table class="rows">
    <thead><tr><th>Key</th><th>Machine</th><th>State</th><th class="number">For</th><th>Next</th><th>Last error</th></tr></thead>
    <tbody data-list>${instances.map((instance) => row(instance, now))}</tbody>
  </table></div>`;
}

function row(instance: InstanceSummary, now: Date): Html {
  const { machine, key, error, since, labels, note } = instance;
  const tags = Object.entries(labels).map(([name, value]) => html`<span class="label">${name}=${value}</span> `);
  return html`<tr data-row="${machine} ${key}">
    <td><a data-open href="${instanceUrl(instance)}">${key}</a> ${tags}</td>
    <td class="quiet">${machine}</td>
    <td>${stateMark(instance)}${note && html` <span class="note">${note}</span>`}</td>
    <td class="number">${lasting(since, now)}</td>
    <td>${next(instance, now)}</td>
    <td class="error">${error && html`<code title="${error.message}">${error.code}</code>`}</td>
  </tr>`;
}

function rest(line: string, { instances, total }: Listing, all: boolean): Html {
  if (instances.length >= total) return html``;
  const more = html`<a href="/instances?all=1&amp;filter=${encodeURIComponent(line)}">Show ${Math.min(many, total).toLocaleString("en")}</a>`;
  return html`<p class="quiet">The newest ${instances.length.toLocaleString("en")} of ${plural(total, "instance")}. ${!all && more}</p>`;
}
