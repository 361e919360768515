import { type BreakerSummary, type Client, type Rule, spellSelector } from "@fettle/engine";
import { html } from "hono/html";
import { relative } from "./instant.ts";
import type { Html } from "./mark.ts";

/** The rules in force that people have laid down, each with the way to take it back. */
export async function rulesInForce(client: Client, now: Date): Promise<Html> {
  const rules = await client.rules({});
  if (rules.length === 0) return html`<h2>Rules</h2><p class="quiet">Nobody has paused, silenced or restrained anything.</p>`;
  return html`<h2>Rules</h2><div class="wide"><table class="rows">
    <thead><tr><th>Rule</th><th>For</th><th>Since</th><th>Ends</th><th>By</th><th>Why</th><th></th></tr></thead>
    <tbody data-list>${rules.map(
      (rule) => html`<tr data-row="rule ${rule.id}"><td>${rule.kind} ${rule.value}</td><td>${spellSelector(rule.selector)}</td>
        <td>${relative(rule.at, now)}</td><td>${rule.until === null ? html`<span class="quiet">when taken back</span>` : relative(rule.until, now)}</td>
        <td>${rule.by}</td><td>${rule.why}</td><td>${endButton(rule)}</td></tr>`,
    )}</tbody></table></div>`;
}

function endButton({ id, kind, selector }: Rule): Html {
  return html`<button type="button" data-act="post" data-url="/api/v1/rules/${id}/end" data-title="Take back the ${kind}"
    data-say="It is in force for ${spellSelector(selector)}, and within a second no more." data-do="Take back" data-done="Took back the ${kind}">End…</button>`;
}

/** The breakers of a machine as they stand. Only a person closes one. */
export async function breakers(client: Client, machine: string, now: Date): Promise<Html> {
  const found = (await client.breakers()).filter((breaker) => breaker.machine === machine);
  if (found.length === 0) return html``;
  return html`<h2>Breakers</h2><div class="wide"><table class="rows">
    <thead><tr><th>Breaker</th><th>Of</th><th>Stands</th><th class="number">Population</th><th></th></tr></thead>
    <tbody data-list>${found.map(
      (
        breaker,
      ) => html`<tr data-row="${breaker.name} ${breaker.scope}"><td>${breaker.name}</td><td>${breaker.scope || "all"}</td><td>${standing(breaker, now)}</td>
        <td class="number">${breaker.population.toLocaleString("en")}</td><td>${breaker.opened !== null && closeButtons(breaker)}</td></tr>`,
    )}</tbody></table></div>`;
}

function standing({ opened, let: more, passing }: BreakerSummary, now: Date): Html {
  if (opened === null)
    return html`<span class="quiet">${passing ? "closed by a person, armed again when fewer are inside" : "closed"}</span>`;
  return html`<span class="stuck">open</span> since ${relative(opened, now)}${more > 0 && `, lets ${more} more through`}`;
}

function closeButtons({ machine, name, scope }: BreakerSummary): Html {
  const button = (text: string, body: object, say: string) =>
    html`<button type="button" data-act="post" data-url="/api/v1/breakers/close" data-body="${JSON.stringify({ machine, name, scope, ...body })}"
      data-title="${text} ${name}" data-say="${say}" data-do="${text}" data-done="${name} of ${machine}: done">${text}…</button>`;
  return html`${button("Let one through", { let: 1 }, `One that waits acts; ${name} stays open for the others.`)}
    ${button("Close", {}, "All that wait act, as many at once as the other rules allow.")}`;
}
