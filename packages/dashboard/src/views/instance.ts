import {
  type HistoryEntry,
  type InstanceDetail,
  type Machine,
  type MachineSummary,
  none,
  type Relative,
  rolloutName,
} from "@fettle/engine";
import { diagramSvg } from "@fettle/engine/diagram";
import { html, raw } from "hono/html";
import { retryButton, type Signal, signalButton } from "./act.ts";
import { command } from "./command.ts";
import { history } from "./history.ts";
import { clock, lasting, relative } from "./instant.ts";
import { type Html, stateMark } from "./mark.ts";
import { nextInFull } from "./next.ts";
import { orderButtons } from "./orders.ts";
import { instanceUrl, machineUrl, rolloutUrl, type Seen, type View } from "./view.ts";

/** One thing: where it is, what happens next and when, and how it came there. */
export async function instance(seen: Seen, ref: { readonly machine: string | undefined; readonly key: string }): Promise<View> {
  const { client, now } = seen;
  const [it, machines] = await Promise.all([client.show(ref), client.machines()]);
  const entries = await client.history({ machine: it.machine, key: it.key });
  const summary = machines.find(({ name }) => name === it.machine);
  const signals = signalsOf(summary, seen.machines);
  return {
    title: `${it.key} ${it.status === "running" ? it.state : it.status}`,
    place: "instances",
    up: "/instances",
    body: html`
      <div class="headline"><h1>${it.key}</h1><p><a href="${machineUrl(it.machine)}">${it.machine}</a>${it.run > 1 && ` · run ${it.run}`}
        ${Object.entries(it.labels).map(([name, value]) => html` <span class="label">${name}=${value}</span>`)}</p>
        <p class="acts" data-row="instance">${retryButton(it)} ${signalButton(it, signals)} ${orderButtons(it, Object.keys(summary?.transitions ?? {}))}</p></div>
      <p class="now">${stateMark(it)} <span class="quiet">for ${lasting(it.since, now)}, since ${clock(it.since)}</span>${it.note && html` <span class="note">${it.note}</span>`}</p>
      <section class="ahead" aria-label="What happens next">${nextInFull(it, now)}</section>
      ${it.machine === rolloutName && html`<p><a href="${rolloutUrl(it.key)}">How far it is</a></p>`}
      ${it.error && problemOf(it)}
      ${summary && drawing(summary, it, entries)}
      <h2>History</h2>${history(entries)}
      <div class="beside">${waitingSignals(it, now)}${family(it)}${data(it)}${lines(it)}</div>`,
  };
}

/** The machine's signals; where this process has its code, those without a payload are known. */
function signalsOf(summary: MachineSummary | undefined, machines: readonly Machine[]): readonly Signal[] {
  const code = machines.find(({ name }) => name === summary?.name);
  return (summary?.signals ?? []).map((name) => ({ name, bare: code?.signals[name] === none }));
}

function problemOf({ error, status, attempt }: InstanceDetail): Html {
  if (!error) return html``;
  const when = status === "stuck" ? "stuck" : "failing";
  return html`<section class="trouble ${when}"><p>${error.message} <code>${error.code}</code>${attempt > 1 && html` <span class="quiet">${attempt} times</span>`}</p>
    ${error.fix && html`<p class="fix">${error.fix}</p>`}</section>`;
}

function drawing(summary: MachineSummary, it: InstanceDetail, entries: readonly HistoryEntry[]): Html {
  const walked = entries.flatMap(({ run, kind, from, to }) =>
    run === it.run && kind === "moved" && from !== null && to !== null ? [[from, to] as const] : [],
  );
  const fits = Object.hasOwn(summary.transitions, it.state);
  return html`<figure class="drawing ${it.status}" tabindex="0" aria-label="Diagram">${raw(diagramSvg(summary, { state: it.state, walked }))}</figure>
    ${!fits && html`<p class="fix">${it.state} is not in the table of ${summary.name}: see <code>fettle check</code></p>`}`;
}

function waitingSignals({ signals }: InstanceDetail, now: Date): Html {
  if (signals.length === 0) return html``;
  return html`<section><h2>Signals waiting</h2><ul class="signals">${signals.map(
    ({
      name,
      payload,
      by,
      why,
      at,
    }) => html`<li><b>${name}</b> ${payload !== null && payload !== undefined && html`<code>${JSON.stringify(payload)}</code>`}
      <span class="quiet">${relative(at, now)} by ${by}${why && `: ${why}`}</span></li>`,
  )}</ul></section>`;
}

function family({ parent, children }: InstanceDetail): Html {
  if (!parent && children.length === 0) return html``;
  return html`<section><h2>Family</h2><ul class="family">
    ${parent && html`<li><span class="quiet">parent</span> ${link(parent)}</li>`}
    ${children.map((child) => html`<li><span class="quiet">child</span> ${link(child)}</li>`)}</ul></section>`;
}

function link(relation: Relative): Html {
  return html`<a href="${instanceUrl(relation)}">${relation.key}</a> <span class="quiet">${relation.machine}</span> ${stateMark(relation)}`;
}

function data({ data, result, token, version, started }: InstanceDetail): Html {
  return html`<section><h2>Data</h2><pre tabindex="0" aria-label="Data">${JSON.stringify(data, null, 2)}</pre>
    ${result !== null && result !== undefined && html`<h2>Result</h2><pre tabindex="0" aria-label="Result">${JSON.stringify(result, null, 2)}</pre>`}
    <p class="quiet">Started ${clock(started)} · version ${version} · token <code>${token}</code></p></section>`;
}

function lines({ key, machine, status }: InstanceDetail): Html {
  const ref = `${machine}/${key}`;
  return html`<section><h2>The same as commands</h2>
    ${command("fettle", "show", ref)}${command("fettle", "history", ref)}${status !== "done" && command("fettle", "retry", ref)}</section>`;
}
