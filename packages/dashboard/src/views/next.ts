import type { Held, InstanceDetail, InstanceSummary } from "@fettle/engine";
import { html } from "hono/html";
import { clock, relative } from "./instant.ts";
import type { Html } from "./mark.ts";

/** What happens next to an instance, and when, in a few words. */
export function next(instance: InstanceSummary, now: Date): Html {
  if (instance.status === "stuck") return html`waits for a person`;
  if (instance.status === "done") return html`<span class="quiet">nothing: it is done</span>`;
  if (instance.held) return html`${instance.held.say}${place(instance.held)}`;
  if (instance.due === null) return html`waits for a signal`;
  const attempt = instance.attempt > 0 ? attemptOf(instance) : "";
  if (watches(instance, now)) return html`looks again within 1m`;
  if (Date.parse(instance.due) <= now.getTime()) return html`runs now${attempt && `, ${attempt}`}`;
  return html`${attempt || "runs again"} ${relative(instance.due, now)}`;
}

/**
 * Waits of up to a minute are not written, so that watching costs nothing: of an instance that was due a while ago, and has not failed,
 * the store knows that it looks again within a minute, not when.
 */
function watches({ due, attempt }: InstanceSummary, now: Date): boolean {
  return attempt === 0 && due !== null && now.getTime() - Date.parse(due) > 2000;
}

/** The attempt that comes: `attempt 3 of 5`. */
function attemptOf({ attempt, attempts }: InstanceSummary): string {
  return attempts === null ? `attempt ${attempt + 1}` : `attempt ${attempt + 1} of ${attempts}`;
}

/** The same in whole sentences, with what its deadlines will do. */
export function nextInFull(instance: InstanceDetail, now: Date): Html {
  return html`<p class="next">${sentence(instance, now)}</p>
    ${instance.deadlines.map((deadline) => html`<p class="next">${promise(deadline, now)}</p>`)}`;
}

function sentence(instance: InstanceDetail, now: Date): Html {
  const { state, status, due, held } = instance;
  if (status === "stuck")
    return html`Nothing by itself: it waits for a person. A retry runs <b>${state}</b> at once, with attempts counted anew.`;
  if (status === "done") return html`Nothing: run ${instance.run} is done. A new start of the key begins run ${instance.run + 1}.`;
  if (held) return heldInFull(held, state, now);
  if (due === null) return html`Waits in <b>${state}</b> until a signal comes.`;
  if (watches(instance, now)) return html`Runs <b>${state}</b>, or waits to look again: that is never longer than a minute.`;
  if (Date.parse(due) <= now.getTime()) return html`Runs <b>${state}</b> now${instance.attempt > 0 && `, ${attemptOf(instance)}`}.`;
  if (instance.attempt > 0) return html`Runs <b>${state}</b> again ${relative(due, now)}, ${attemptOf(instance)}.`;
  return html`Looks again at <b>${state}</b> ${relative(due, now)}.`;
}

/** Why it may not go on, and what ends that. */
function heldInFull(held: Held, state: string, now: Date): Html {
  const goal = held.wants === null || held.wants === state ? html`Stays in <b>${state}</b>` : html`Wants to enter <b>${held.wants}</b>`;
  const end = held.until === null ? "" : html` That ends ${relative(held.until, now)}.`;
  return html`${goal}: ${held.say}${place(held)}.${end}`;
}

function place({ position }: Held): string {
  return position === null ? "" : `, number ${position} in the line`;
}

function promise({ reach, at, severity, say }: InstanceDetail["deadlines"][number], now: Date): Html {
  const goal = reach.join(" or ");
  if (Date.parse(at) <= now.getTime())
    return html`Should have reached <b>${goal}</b> by ${clock(at)}, ${relative(at, now)}: “${say}” (${severity}).`;
  return html`Must reach <b>${goal}</b> by ${clock(at)}, ${relative(at, now)}; else pages “${say}” (${severity}).`;
}
