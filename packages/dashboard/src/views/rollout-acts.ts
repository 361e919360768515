import { type InstanceSummary, type Listing, type Rollout, rolloutName, type Selection, spellAct } from "@fettle/engine";
import { html } from "hono/html";
import { spellFilter } from "../filter.ts";
import type { Html } from "./mark.ts";
import { instanceUrl, plural, rolloutUrl } from "./view.ts";

/** What a person may do to a rollout: let it go on where it has halted, stop it for a while, end it. */
export function rolloutButtons(it: Rollout): Html {
  if (it.status === "done") return html``;
  return html`${it.state === "halted" && goButton(it)} ${pauseButton(it)} ${cancelButton(it)}`;
}

function goButton({ name, rest, first, reason }: Rollout): Html {
  return html`<button type="button" class="primary" data-act="post" data-url="/api/v1${rolloutUrl(name)}/go" data-title="Let ${name} go on"
    data-say="It has halted: ${reason}. It goes on with ${first.toLocaleString("en")} of the ${rest.toLocaleString("en")} that are left, and what has failed until now is accepted."
    data-do="Go on" data-done="${name} goes on">Go on…</button>`;
}

/** A pause of more than this rollout is taken back where it was laid down. */
function pauseButton({ name, held }: Rollout): Html {
  if (held?.kind === "pause" && held.rule !== null) {
    return html`<button type="button" data-act="post" data-key="p" data-url="/api/v1/rules/${held.rule}/end" data-title="Resume ${name}"
      data-say="${held.say}. It goes on at once." data-do="Resume" data-done="Resumed ${name}">Resume…<kbd>p</kbd></button>`;
  }
  const body = JSON.stringify({ kind: "pause", selector: { machine: rolloutName, key: name } });
  return html`<button type="button" data-act="post" data-key="p" data-url="/api/v1/rules" data-body="${body}" data-title="Pause ${name}"
    data-say="Nobody more is acted upon until it is resumed, over restarts too." data-do="Pause" data-done="Paused ${name}">Pause…<kbd>p</kbd></button>`;
}

function cancelButton({ name, rest, acted, act }: Rollout): Html {
  return html`<button type="button" data-act="post" data-url="/api/v1${instanceUrl({ machine: rolloutName, key: name })}/cancel" data-title="Cancel ${name}"
    data-say="${plural(rest, "instance")} that ${rest === 1 ? "is" : "are"} left will not be acted upon. Of the ${acted.toLocaleString("en")} that were, nothing is taken back (${spellAct(act)})."
    data-do="End it" data-done="Cancels ${name}">Cancel…</button>`;
}

/** Begins a rollout to all that the filter of a listing selects. It is there for one or none too, so that the rows below it stay where they are. */
export function manyButtons(selection: Selection, { counts, instances }: Listing): Html {
  const isMeant = ({ machine, status }: Pick<InstanceSummary, "machine" | "status">) => machine !== rolloutName && status !== "done";
  const total = counts.filter(isMeant).reduce((sum, { count }) => sum + count, 0);
  const examples = instances.filter(isMeant).slice(0, 5);
  const which = `${plural(total, "instance")} ${total > examples.length ? "such as" : "namely"} ${examples.map(({ key }) => key).join(", ")}`;
  const all = total.toLocaleString("en");
  return html`<p class="acts many">
    ${manyButton({ kind: "retry" }, selection, total, `Retry all ${all}`, `Runs the handlers of ${which} anew`)}
    ${manyButton({ kind: "cancel" }, selection, total, `Cancel all ${all}`, `Ends the runs of ${which}, without their cleanup`)}
    <a href="/rollouts">Rollouts</a></p>`;
}

function manyButton(act: { readonly kind: "retry" | "cancel" }, selection: Selection, total: number, title: string, says: string): Html {
  if (total === 0) return html`<button type="button" disabled title="All that are listed are done">${title}…</button>`;
  return html`<button type="button" data-act="post" data-url="/api/v1/rollouts" data-body="${JSON.stringify({ act, selection })}"
    data-title="${title}" data-say="${says}: a first few, then twice as many each minute, halting where more than 5% are stuck or failing (${spellFilter(selection) || "everything"})."
    data-do="Begin" data-done="Begun: see it under Rollouts">${title}…</button>`;
}
