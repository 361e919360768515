import type { Cause, MachineSummary, Misfit, Page, WorkerSummary } from "@fettle/engine";
import { html } from "hono/html";
import { instancesUrl } from "../filter.ts";
import { acknowledgeButton, retryAllButton, retryButton } from "./act.ts";
import { lasting, relative } from "./instant.ts";
import { type Html, severityMark } from "./mark.ts";
import type { KnownMisfits } from "./misfits.ts";
import { instanceUrl, machineUrl, plural, type Seen, type View, waiting } from "./view.ts";

/** What needs a person: causes, not things, worst first. */
export async function attention({ client, causes, now }: Seen, misfits: KnownMisfits): Promise<View> {
  const [machines, workers, pages] = await Promise.all([client.machines(), client.workers(), client.pages({ all: true })]);
  const unfit = misfits() ?? [];
  const alive = workers.filter(({ expires }) => Date.parse(expires) > now.getTime());
  const open = waiting(causes).toSorted(worstFirst);
  const taken = causes.filter((cause) => !open.includes(cause)).toSorted(worstFirst);
  const quiet = open.length === 0 && unfit.length === 0 && alive.length > 0;
  return {
    title: "Attention",
    place: "attention",
    body: html`<h1>${quiet ? "In fine fettle" : "Needs you"}</h1>
      ${alive.length === 0 && nobodyWorks(workers, now)}
      ${quiet && html`<p class="fine">${plural(total(machines), "instance")}, none needs you. ${lastPage(pages, now)}</p>`}
      ${open.length > 0 && causeList(open, now)}
      ${unfit.length > 0 && misfitTable(unfit)}
      ${taken.length > 0 && html`<h2>Acknowledged</h2>${causeList(taken, now)}`}
      <p class="foot">${summary(machines, alive)}</p>`,
  };
}

const ranks = { critical: 0, warning: 1, info: 2 } as const;

function worstFirst(a: Cause, b: Cause): number {
  const rank = ({ page }: Cause) => (page ? ranks[page.severity] : 3);
  return rank(a) - rank(b) || Date.parse(a.since) - Date.parse(b.since);
}

function nobodyWorks(workers: readonly WorkerSummary[], now: Date): Html {
  const last = workers
    .map(({ expires }) => expires)
    .sort()
    .at(-1);
  return html`<section class="alarm" role="alert"><h2>No worker runs, so nothing moves</h2>
    <p>${last === undefined ? "None has a lease" : html`The last lease ended ${relative(last, now)}`}. Start one: <code>fettle up</code></p></section>`;
}

function causeList(causes: readonly Cause[], now: Date): Html {
  return html`<ol class="causes" data-list>${causes.map((cause) => causeRow(cause, now))}</ol>`;
}

function causeRow(cause: Cause, now: Date): Html {
  const { page, kind, count, since } = cause;
  return html`<li class="cause ${page?.severity ?? "none"}${page?.acknowledged && " taken"}" data-row="${cause.cause}">
    <div class="what">
      <h2>${page && severityMark(page.severity)} <a data-open href="${openUrl(cause)}">${heading(cause)}</a></h2>
      <p class="say">${cause.say} <code>${cause.code}</code></p>
      ${count > 1 && exampleLine(cause)}
      ${page && pageLine(page, cause, now)}
    </div>
    <p class="since">${lasting(since, now)}</p>
    <p class="acts">${page && !page.acknowledged && acknowledgeButton(page)} ${kind === "stuck" && retry(cause)}</p>
  </li>`;
}

function exampleLine({ machine, examples, count }: Cause): Html {
  const links = examples.map((key) => html`<a href="${instanceUrl({ machine, key })}">${key}</a> `);
  return html`<p class="quiet">${links}${count > examples.length && `and ${plural(count - examples.length, "other")}`}</p>`;
}

function openUrl({ machine, state, kind, count, examples }: Cause): string {
  const [key] = examples;
  // A breaker's key is the part of the population that it counts.
  if (kind === "breaker") return machineUrl(machine);
  if (kind === "engine") return "/pages";
  if (count === 1 && key !== undefined) return instanceUrl({ machine, key });
  return instancesUrl(kind === "stuck" ? { machine, state, status: "stuck" } : { machine, state });
}

function heading({ kind, machine, state, count, examples }: Cause): Html {
  if (kind === "breaker") return html`${machine} <span class="in">breaker open${examples[0] && ` for ${examples[0]}`}</span>`;
  if (kind === "engine") return html`${machine} <span class="in">${examples[0] ?? ""}</span>`;
  const who = count === 1 ? (examples[0] ?? machine) : `${count.toLocaleString("en")} × ${machine}`;
  const what = { stuck: "stuck in ", deadline: "late in ", told: "in ", ask: "waits for a person in " }[kind];
  return html`${who} <span class="in">${what}${state}</span>`;
}

function pageLine(page: Page, cause: Cause, now: Date): Html {
  const say = page.say === cause.say ? "" : `“${page.say}”, `;
  const times = page.count > 1 ? ` ${page.count.toLocaleString("en")} times, last` : "";
  const { acknowledged } = page;
  return html`<p class="quiet">Paged${times} ${relative(page.last, now)}: ${say}${
    acknowledged
      ? html`acknowledged by ${acknowledged.by} ${relative(acknowledged.at, now)}: “${acknowledged.note}”`
      : "nobody has acknowledged it"
  }</p>`;
}

function retry(cause: Cause): Html {
  const [key] = cause.examples;
  if (cause.count === 1 && key !== undefined) return retryButton({ machine: cause.machine, key, state: cause.state, status: "stuck" });
  return retryAllButton(cause);
}

const shownMisfits = 20;

function misfitTable(misfits: readonly Misfit[]): Html {
  const more = misfits.length - shownMisfits;
  return html`<section><h2>${plural(misfits.length, "instance")} that the code does not accept</h2>
    <div class="wide"><table class="rows"><thead><tr><th>Key</th><th>Machine</th><th>What does not fit</th><th>Fix</th></tr></thead>
    <tbody data-list>${misfits.slice(0, shownMisfits).map(
      (misfit) => html`<tr data-row="${misfit.machine} ${misfit.key}"><td><a data-open href="${instanceUrl(misfit)}">${misfit.key}</a></td>
        <td>${misfit.machine}</td><td>${misfit.message} <code>${misfit.code}</code></td><td>${misfit.fix}</td></tr>`,
    )}</tbody></table></div>${more > 0 && html`<p class="quiet">And ${plural(more, "other")}: <code>fettle check</code></p>`}</section>`;
}

function total(machines: readonly MachineSummary[], status?: string): number {
  const counts = machines.flatMap((machine) => machine.counts);
  return counts.filter((one) => status === undefined || one.status === status).reduce((sum, { count }) => sum + count, 0);
}

function lastPage(pages: readonly Page[], now: Date): Html {
  const last = pages
    .map((page) => page.last)
    .sort()
    .at(-1);
  return last === undefined ? html`Nobody was ever paged.` : html`Last page ${relative(last, now)}.`;
}

function summary(machines: readonly MachineSummary[], workers: readonly WorkerSummary[]): Html {
  const slots = workers.reduce((sum, worker) => sum + worker.slots, 0);
  const counts = (["running", "stuck", "done"] as const).map((status) => `${total(machines, status).toLocaleString("en")} ${status}`);
  return html`${counts.join(" · ")} · ${plural(workers.length, "worker")} with ${slots.toLocaleString("en")} of 4,096 slots`;
}
