import { type Rollout, rolloutName, spellAct } from "@fettle/engine";
import { html } from "hono/html";
import { instancesUrl, spellFilter } from "../filter.ts";
import { command } from "./command.ts";
import { clock, lasting, relative } from "./instant.ts";
import { type Html, stateMark } from "./mark.ts";
import { rolloutButtons } from "./rollout-acts.ts";
import { bar, rolloutBar } from "./rollout-bar.ts";
import { instanceUrl, plural, rolloutUrl, type Seen, type View } from "./view.ts";

/** Every rollout, the newest first. */
export async function rollouts({ client, now }: Seen): Promise<View> {
  const all = await client.rollouts();
  return {
    title: "Rollouts",
    place: "rollouts",
    up: "/",
    body: html`<h1>Rollouts</h1>
      ${all.length === 0 ? html`<p class="fine">No rollout was ever started. Select <a href="/instances">instances</a>, or <code>fettle rollout start</code></p>` : table(all, now)}
      ${command("fettle", "rollout", "ls")}`,
  };
}

function table(all: readonly Rollout[], now: Date): Html {
  return html`<div class="wide"><table class="rows">
    <thead><tr><th>Name</th><th>Does</th><th>State</th><th>Progress</th><th class="number">Failed</th><th>Next</th><th>By</th></tr></thead>
    <tbody data-list>${all.map((it) => row(it, now))}</tbody></table></div>`;
}

function row(it: Rollout, now: Date): Html {
  const { name, act, selection, acted, total, failed, by, why, started, status } = it;
  return html`<tr data-row="${name}"${status === "done" && html` class="over"`}>
    <td><a data-open href="${rolloutUrl(name)}">${name}</a></td>
    <td>${spellAct(act)} <span class="quiet">${spellFilter(selection) || "everything"}</span></td>
    <td>${mark(it)}</td>
    <td>${bar(it)}<span class="quiet">${acted.toLocaleString("en")} of ${total.toLocaleString("en")}</span></td>
    <td class="number">${failed.toLocaleString("en")}<span class="narrow"> failed</span></td>
    <td>${next(it, now)}</td>
    <td>${by} <span class="quiet">${relative(started, now)}: ${why}</span></td>
  </tr>`;
}

/** One rollout: how far it is, how each stage fares, what happens next, and what a person may do. Throws NO_SUCH_INSTANCE. */
export async function rollout({ client, now }: Seen, name: string): Promise<View> {
  const it = await client.rollout(name);
  const { act, selection, run, total, by, why, started, since, gap, haltAt, first, reason } = it;
  return {
    title: `${name} ${it.status === "done" ? "over" : it.state}`,
    place: "rollouts",
    up: "/rollouts",
    body: html`
      <div class="headline"><h1>${name}</h1><p>${spellAct(act)} · <a href="${instancesUrl(selection)}">${spellFilter(selection) || "everything"}</a>${run > 1 && ` · run ${run}`}</p>
        <p class="acts" data-row="rollout">${rolloutButtons(it)}</p></div>
      <p class="now">${mark(it)} <span class="quiet">for ${lasting(since, now)}, since ${clock(since)}</span></p>
      <section class="ahead" aria-label="What happens next"><p class="next">${next(it, now)}</p></section>
      ${reason !== null && html`<section class="trouble stuck"><p>Halted: ${reason}</p><p class="fix">Look at those that failed, then let it go on or end it</p></section>`}
      <section aria-label="Progress">${rolloutBar(it)}</section>
      <p class="quiet">${plural(total, "instance")}, selected ${relative(started, now)} by ${by}: ${why}. ${first.toLocaleString("en")} first, then twice as many each stage; each is judged after
        ${gap}, and more than ${haltAt} stuck or failing halts it.</p>
      ${stages(it)}
      ${payload(it)}
      <h2>The same as commands</h2>${command("fettle", "rollout", "show", name)}${it.state === "halted" && command("fettle", "rollout", "go", name)}
      <p><a href="${instanceUrl({ machine: rolloutName, key: name })}">Its history, who did what to it, and why</a></p>`,
  };
}

function stages({ stages: all }: Rollout): Html {
  if (all.length === 0) return html``;
  return html`<h2>Stages</h2><div class="wide"><table class="rows">
    <thead><tr><th>Stage</th><th>How they fare</th><th class="number">Acted upon</th><th class="number">Failed</th><th class="number">On their way</th><th class="number">Passed over</th></tr></thead>
    <tbody data-list>${all.map(({ stage, acted, failed, waiting, passed }) => {
      const fates = { fine: acted - failed - waiting, failed, waiting, passed, rest: 0 };
      return html`<tr data-row="${stage}"><td>${stage}</td><td>${bar(fates)}</td>
        ${count(acted, "acted upon")}${count(failed, "failed")}${count(waiting, "on their way")}${count(passed, "passed over")}</tr>`;
    })}</tbody></table></div>`;
}

/** Where the view is narrow, a cell has no heading above it. */
function count(value: number, words: string): Html {
  return html`<td class="number">${value.toLocaleString("en")}<span class="narrow"> ${words}</span></td>`;
}

function payload({ act }: Rollout): Html {
  if (!("payload" in act) || act.payload === undefined) return html``;
  return html`<h2>Brings</h2><pre tabindex="0" aria-label="What it brings">${JSON.stringify(act.payload, null, 2)}</pre>`;
}

function mark({ state, status, held }: Rollout): Html {
  if (state === "halted" && status === "running")
    return html`<span class="mark stuck"><span class="shape" aria-hidden="true">●</span>halted</span>`;
  return stateMark({ state, status, held });
}

function next({ state, status, held, rest, failed, stage, next: at, name }: Rollout, now: Date): Html {
  if (status === "done") {
    if (state !== "finished") return html`Ended by a person, ${plural(rest, "instance")} left`;
    return failed > 0 ? html`Over, with ${failed.toLocaleString("en")} failed` : html`Over`;
  }
  if (status === "stuck") return html`Waits for a person: <a href="${instanceUrl({ machine: rolloutName, key: name })}">see why</a>`;
  if (held) return html`Held: ${held.say}`;
  if (state === "halted") return html`Waits for a person to let it go on`;
  if (at === null) return html`Stage ${stage} goes on`;
  return html`Stage ${stage} is judged ${relative(at, now)}${rest === 0 ? html`, and is the last` : html`; then stage ${stage + 1}`}`;
}
