import type { Machine, MachineSummary, Misfit, StateCount, Status } from "@fettle/engine";
import { FettleError } from "@fettle/engine";
import { diagramSvg } from "@fettle/engine/diagram";
import { html, raw } from "hono/html";
import { filterWords, instancesUrl } from "../filter.ts";
import { command } from "./command.ts";
import type { Html } from "./mark.ts";
import type { KnownMisfits } from "./misfits.ts";
import { breakers, rulesInForce } from "./policy.ts";
import { instanceUrl, machineUrl, plural, type Seen, type View } from "./view.ts";

/** Every machine, with what it has to do, and the rules that hold for some of them. */
export async function machines({ client, now }: Seen): Promise<View> {
  const [all, rules] = await Promise.all([client.machines(), rulesInForce(client, now)]);
  return {
    title: "Machines",
    place: "machines",
    up: "/",
    body: html`<h1>Machines</h1>${all.length === 0 && html`<p class="fine">No machine is installed. Name one in <code>fettle.config.ts</code></p>`}
      ${
        all.length > 0 &&
        html`<div class="wide"><table><thead><tr><th>Machine</th><th>About</th>${headings}</tr></thead>
      <tbody data-list>${all.map(
        (
          one,
        ) => html`<tr data-row="${one.name}"><td><a data-open href="${machineUrl(one.name)}">${one.name}</a></td><td class="quiet">${one.about}</td>
          ${statuses.map((status) => countCell(one.counts, { machine: one.name, status }))}</tr>`,
      )}</tbody></table></div>`
      }
      ${rules}`,
  };
}

const statuses: readonly Status[] = ["running", "stuck", "done"];
const headings = html`<th class="number">Running</th><th class="number">Stuck</th><th class="number">Done</th>`;

/** A link where there is something to see, else a dim nought. */
function countCell(
  counts: readonly StateCount[],
  filter: { readonly machine: string; readonly state?: string; readonly status: Status },
): Html {
  const sum = counts
    .filter(({ state, status }) => status === filter.status && (filter.state ?? state) === state)
    .reduce((total, { count }) => total + count, 0);
  if (sum === 0) return html`<td class="number quiet">0</td>`;
  return html`<td class="number"><a class="${filter.status}" href="${instancesUrl(filter)}">${sum.toLocaleString("en")}</a></td>`;
}

/** One machine: its diagram with the counts on it, and the same as a table. Throws NO_SUCH_MACHINE. */
export async function machine(seen: Seen, name: string, misfits: KnownMisfits): Promise<View> {
  const [all, breaking] = await Promise.all([seen.client.machines(), breakers(seen.client, name, seen.now)]);
  const found = all.find((one) => one.name === name);
  if (!found) {
    const fix = `Use one of ${all.map((one) => one.name).join(", ") || "none: no machine is installed"}`;
    throw new FettleError("NO_SUCH_MACHINE", `Cannot find the machine ${name}`, { fix });
  }
  const code = seen.machines.find((one) => one.name === name);
  return {
    title: name,
    place: "machines",
    up: "/machines",
    body: html`
      <div class="headline"><h1>${name}</h1><p class="quiet">version ${found.version}</p></div>
      ${found.about && html`<p class="about">${found.about}</p>`}
      ${drawing(found)}
      ${fit(misfits()?.filter((one) => one.machine === name))}
      ${stateTable(found, code)}
      ${deadlines(code)}
      ${breaking}
      <div class="beside">${signals(found)}
      <section><h2>The same as commands</h2>${command("fettle", "ls", ...filterWords({ machine: name }))}${command("fettle", "diagram", name)}${command("fettle", "check")}</section></div>`,
  };
}

function drawing(machine: MachineSummary): Html {
  const svg = diagramSvg(machine, { counts: sumsOf(machine.counts), stuck: sumsOf(machine.counts, "stuck") });
  return html`<figure class="drawing" tabindex="0" aria-label="Diagram">${raw(svg)}</figure>`;
}

function signals({ signals }: MachineSummary): Html {
  if (signals.length === 0) return html`<section><h2>Signals</h2><p class="quiet">It takes none.</p></section>`;
  return html`<section><h2>Signals</h2><ul>${signals.map((signal) => html`<li><code>${signal}</code></li>`)}</ul></section>`;
}

function sumsOf(counts: readonly StateCount[], status?: Status): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const one of counts) {
    if (status === undefined || one.status === status) sums.set(one.state, (sums.get(one.state) ?? 0) + one.count);
  }
  return Object.fromEntries(sums);
}

function fit(misfits: readonly Misfit[] | undefined): Html {
  if (misfits === undefined) return html`<p class="quiet">The code is being compared with the instances…</p>`;
  if (misfits.length === 0) return html`<p class="quiet">Every instance fits the code.</p>`;
  return html`<section class="trouble stuck"><p>${plural(misfits.length, "instance")} that the code does not accept:
    ${misfits.slice(0, 5).map((misfit) => html`<a href="${instanceUrl(misfit)}">${misfit.key}</a> `)}</p><p class="fix">See <code>fettle check</code></p></section>`;
}

function stateTable({ name, start, transitions, counts }: MachineSummary, code: Machine | undefined): Html {
  const says = code !== undefined && Object.keys(transitions).some((state) => policyOf(code, state) !== "");
  return html`<h2>States</h2><div class="wide"><table>
    <thead><tr><th>State</th><th>Leads to</th>${says && html`<th>Each attempt</th>`}${headings}</tr></thead>
    <tbody data-list>${Object.entries(transitions).map(
      ([
        state,
        next,
      ]) => html`<tr data-row="${state}"><td><a data-open href="${instancesUrl({ machine: name, state })}">${state}</a>${state === start && html` <span class="tag">start</span>`}</td>
        <td>${next.length === 0 ? html`<span class="quiet">nowhere: the end</span>` : next.join(", ")}</td>
        ${says && html`<td class="quiet">${policyOf(code, state)}</td>`}
        ${statuses.map((status) => countCell(counts, { machine: name, state, status }))}</tr>`,
    )}</tbody></table></div>`;
}

/** Only what the machine says itself; the engine's defaults are in its reference. */
function policyOf({ policy }: Machine, state: string): string {
  const { timeout, retry } = policy[state] ?? {};
  const attempts = retry?.attempts === undefined ? [] : [`${plural(retry.attempts, "attempt")}`];
  return [
    ...(timeout === undefined ? [] : [`at most ${timeout}`]),
    ...attempts,
    ...(retry?.within === undefined ? [] : [`within ${retry.within}`]),
  ].join(", ");
}

function deadlines(code: Machine | undefined): Html {
  if (!code || code.deadlines.length === 0) return html``;
  return html`<h2>Deadlines</h2><ul>${code.deadlines.map(
    ({ in: from, reach, within, page }) =>
      html`<li><b>${[reach].flat().join(" or ")}</b> within ${within} of ${from ? `entering ${from.join(" or ")}` : "the start"}, else pages “${page.say}” (${page.severity})</li>`,
  )}</ul>`;
}
